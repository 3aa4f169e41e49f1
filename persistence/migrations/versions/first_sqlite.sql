CREATE TABLE store_property (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE event (
  "case" TEXT NOT NULL,
  position INTEGER NOT NULL,
  type TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  command TEXT NOT NULL,
  canonical BLOB NOT NULL,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY ("case", position)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE case_head (
  "case" TEXT NOT NULL,
  patient TEXT NOT NULL,
  origin TEXT NOT NULL,
  ward TEXT NOT NULL,
  bed TEXT NOT NULL,
  pathway TEXT NOT NULL,
  bundle TEXT NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  recorded_at INTEGER NOT NULL,
  clinical_version INTEGER NOT NULL,
  phases TEXT NOT NULL,
  closed INTEGER NOT NULL,
  next_look INTEGER,
  looked_at INTEGER NOT NULL,
  PRIMARY KEY ("case")
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX case_head_looked_at ON case_head (looked_at, "case") WHERE closed = 0

CREATE INDEX case_head_next_look ON case_head (next_look, "case") WHERE closed = 0

CREATE INDEX case_head_patient ON case_head (patient) WHERE closed = 0

CREATE TABLE reminder (
  "case" TEXT NOT NULL,
  reminder TEXT NOT NULL,
  subject TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  level TEXT NOT NULL,
  critical INTEGER NOT NULL,
  status TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  acknowledged_until INTEGER,
  closed_at INTEGER,
  PRIMARY KEY ("case", reminder, subject, ordinal)
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX reminder_due ON reminder (due_at) WHERE status = 'open'

CREATE TABLE notice (
  "key" TEXT NOT NULL,
  "case" TEXT NOT NULL,
  ward TEXT NOT NULL,
  role TEXT NOT NULL,
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,
  severity INTEGER NOT NULL,
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  late INTEGER NOT NULL,
  reminders TEXT NOT NULL,
  pending TEXT NOT NULL,
  state TEXT NOT NULL,
  fence INTEGER NOT NULL,
  lease_until INTEGER,
  worker TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER,
  sent_at INTEGER,
  PRIMARY KEY ("key")
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX notice_case ON notice ("case")

CREATE INDEX notice_pending ON notice ("case") WHERE state IN ('waiting', 'sending')

CREATE INDEX notice_unsent ON notice (severity, created_at, "key") WHERE state IN ('waiting', 'sending')

CREATE TABLE remembered (
  command TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (command)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE attempt (
  number INTEGER NOT NULL,
  command TEXT NOT NULL,
  "case" TEXT NOT NULL,
  said_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  code TEXT NOT NULL,
  canonical BLOB NOT NULL,
  PRIMARY KEY (number)
)
 STRICT

CREATE INDEX attempt_case ON attempt ("case")

CREATE TABLE identity (
  "case" TEXT NOT NULL,
  scheme TEXT NOT NULL,
  "key" TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY ("case")
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE bundle (
  digest TEXT NOT NULL,
  text BLOB NOT NULL,
  PRIMARY KEY (digest)
)
 STRICT

CREATE TABLE quarantine (
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  canonical BLOB NOT NULL,
  said_by TEXT NOT NULL,
  PRIMARY KEY (number)
)
 STRICT

CREATE TABLE heartbeat (
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE access_log (
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  said_by TEXT NOT NULL,
  what TEXT NOT NULL,
  cases TEXT NOT NULL,
  PRIMARY KEY (number)
)
 STRICT

CREATE TRIGGER event_follows BEFORE INSERT ON event
BEGIN SELECT CASE
WHEN NEW.position <> 1 + coalesce((SELECT max(position) FROM event WHERE "case" = NEW."case"), 0)
THEN raise(ABORT, 'event: the position does not follow the last one of its case')
WHEN NEW.previous <> coalesce(
  (SELECT hash FROM event WHERE "case" = NEW."case" AND position = NEW.position - 1), zeroblob(32))
THEN raise(ABORT, 'event: the previous hash is not that of the event before')
END; END

CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'event: rows are never changed or deleted'); END

CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'event: rows are never changed or deleted'); END

CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt
BEGIN SELECT raise(ABORT, 'attempt: rows are never changed or deleted'); END

CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt
BEGIN SELECT raise(ABORT, 'attempt: rows are never changed or deleted'); END

CREATE TRIGGER attempt_no_second BEFORE INSERT ON attempt WHEN  EXISTS (SELECT 1 FROM attempt WHERE number = NEW.number)
BEGIN SELECT raise(ABORT, 'attempt: this key was written before'); END

CREATE TRIGGER quarantine_no_update BEFORE UPDATE ON quarantine
BEGIN SELECT raise(ABORT, 'quarantine: rows are never changed or deleted'); END

CREATE TRIGGER quarantine_no_delete BEFORE DELETE ON quarantine
BEGIN SELECT raise(ABORT, 'quarantine: rows are never changed or deleted'); END

CREATE TRIGGER quarantine_no_second BEFORE INSERT ON quarantine WHEN  EXISTS (SELECT 1 FROM quarantine WHERE number = NEW.number)
BEGIN SELECT raise(ABORT, 'quarantine: this key was written before'); END

CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
BEGIN SELECT raise(ABORT, 'access_log: rows are never changed or deleted'); END

CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT raise(ABORT, 'access_log: rows are never changed or deleted'); END

CREATE TRIGGER access_log_no_second BEFORE INSERT ON access_log WHEN  EXISTS (SELECT 1 FROM access_log WHERE number = NEW.number)
BEGIN SELECT raise(ABORT, 'access_log: this key was written before'); END

CREATE TRIGGER remembered_no_update BEFORE UPDATE ON remembered
BEGIN SELECT raise(ABORT, 'remembered: rows are never changed or deleted'); END

CREATE TRIGGER remembered_no_delete BEFORE DELETE ON remembered
BEGIN SELECT raise(ABORT, 'remembered: rows are never changed or deleted'); END

CREATE TRIGGER remembered_no_second BEFORE INSERT ON remembered WHEN  EXISTS (SELECT 1 FROM remembered WHERE command = NEW.command)
BEGIN SELECT raise(ABORT, 'remembered: this key was written before'); END

CREATE TRIGGER store_property_no_update BEFORE UPDATE ON store_property WHEN OLD.name IN ('origin', 'born_at')
BEGIN SELECT raise(ABORT, 'store_property: rows are never changed or deleted'); END

CREATE TRIGGER store_property_no_delete BEFORE DELETE ON store_property WHEN OLD.name IN ('origin', 'born_at')
BEGIN SELECT raise(ABORT, 'store_property: rows are never changed or deleted'); END

CREATE TRIGGER store_property_no_second BEFORE INSERT ON store_property WHEN NEW.name IN ('origin', 'born_at') AND EXISTS (SELECT 1 FROM store_property WHERE name = NEW.name)
BEGIN SELECT raise(ABORT, 'store_property: this key was written before'); END

PRAGMA application_id = 1463898692
