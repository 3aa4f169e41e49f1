"""The PostgreSQL store. Imported when a URL asks for it, so that whoever keeps a file never loads its driver."""
