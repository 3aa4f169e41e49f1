"""People at the door: accounts, their secrets, and who is signed in."""
