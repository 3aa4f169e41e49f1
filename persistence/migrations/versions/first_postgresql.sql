CREATE TABLE store_property (
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (name)
)

CREATE TABLE event (
  "case" TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  occurred_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  command TEXT COLLATE "C" NOT NULL,
  canonical BYTEA NOT NULL,
  previous BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY ("case", position)
)

CREATE TABLE case_head (
  "case" TEXT COLLATE "C" NOT NULL,
  patient TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  ward TEXT COLLATE "C" NOT NULL,
  bed TEXT COLLATE "C" NOT NULL,
  pathway TEXT COLLATE "C" NOT NULL,
  bundle TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  recorded_at BIGINT NOT NULL,
  clinical_version BIGINT NOT NULL,
  phases TEXT COLLATE "C" NOT NULL,
  closed BIGINT NOT NULL,
  next_look BIGINT,
  looked_at BIGINT NOT NULL,
  PRIMARY KEY ("case")
)

CREATE INDEX case_head_looked_at ON case_head (looked_at, "case") WHERE closed = 0

CREATE INDEX case_head_next_look ON case_head (next_look, "case") WHERE closed = 0

CREATE INDEX case_head_patient ON case_head (patient) WHERE closed = 0

CREATE TABLE reminder (
  "case" TEXT COLLATE "C" NOT NULL,
  reminder TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  ordinal BIGINT NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  critical BIGINT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  rung BIGINT NOT NULL,
  acknowledged_until BIGINT,
  closed_at BIGINT,
  PRIMARY KEY ("case", reminder, subject, ordinal)
)

CREATE INDEX reminder_due ON reminder (due_at) WHERE status = 'open'

CREATE TABLE notice (
  key TEXT COLLATE "C" NOT NULL,
  "case" TEXT COLLATE "C" NOT NULL,
  ward TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  severity BIGINT NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  late BIGINT NOT NULL,
  reminders TEXT COLLATE "C" NOT NULL,
  pending TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  fence BIGINT NOT NULL,
  lease_until BIGINT,
  worker TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  not_before BIGINT,
  sent_at BIGINT,
  PRIMARY KEY (key)
)

CREATE INDEX notice_case ON notice ("case")

CREATE INDEX notice_pending ON notice ("case") WHERE state IN ('waiting', 'sending')

CREATE INDEX notice_unsent ON notice (severity, created_at, key) WHERE state IN ('waiting', 'sending')

CREATE TABLE remembered (
  command TEXT COLLATE "C" NOT NULL,
  fingerprint BYTEA NOT NULL,
  answer TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (command)
)

CREATE TABLE attempt (
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  command TEXT COLLATE "C" NOT NULL,
  "case" TEXT COLLATE "C" NOT NULL,
  said_by TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  canonical BYTEA NOT NULL,
  PRIMARY KEY (number)
)

CREATE INDEX attempt_case ON attempt ("case")

CREATE TABLE identity (
  "case" TEXT COLLATE "C" NOT NULL,
  scheme TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY ("case")
)

CREATE TABLE bundle (
  digest TEXT COLLATE "C" NOT NULL,
  text BYTEA NOT NULL,
  PRIMARY KEY (digest)
)

CREATE TABLE quarantine (
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  at BIGINT NOT NULL,
  why TEXT COLLATE "C" NOT NULL,
  canonical BYTEA NOT NULL,
  said_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (number)
)

CREATE TABLE heartbeat (
  name TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (name)
)

CREATE TABLE access_log (
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  at BIGINT NOT NULL,
  said_by TEXT COLLATE "C" NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  cases TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (number)
)

CREATE FUNCTION wardpath.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '23000';
END $$

CREATE FUNCTION wardpath.event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last record;
BEGIN
  SELECT position, hash INTO last FROM wardpath.event WHERE "case" = NEW."case" ORDER BY position DESC LIMIT 1;
  IF NEW.position <> 1 + coalesce(last.position, 0) THEN
    RAISE EXCEPTION 'event: the position does not follow the last one of its case' USING ERRCODE = '23000';
  END IF;
  IF NEW.previous <> coalesce(last.hash, decode(repeat('00', 32), 'hex')) THEN
    RAISE EXCEPTION 'event: the previous hash is not that of the event before' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER event_follows BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION wardpath.event_follows()

ALTER TABLE event ENABLE ALWAYS TRIGGER event_follows

CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE event ENABLE ALWAYS TRIGGER event_no_update

CREATE TRIGGER event_no_delete BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE event ENABLE ALWAYS TRIGGER event_no_delete

CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE event ENABLE ALWAYS TRIGGER event_no_truncate

CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE attempt ENABLE ALWAYS TRIGGER attempt_no_update

CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE attempt ENABLE ALWAYS TRIGGER attempt_no_delete

CREATE TRIGGER attempt_no_truncate BEFORE TRUNCATE ON attempt FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE attempt ENABLE ALWAYS TRIGGER attempt_no_truncate

CREATE TRIGGER quarantine_no_update BEFORE UPDATE ON quarantine FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE quarantine ENABLE ALWAYS TRIGGER quarantine_no_update

CREATE TRIGGER quarantine_no_delete BEFORE DELETE ON quarantine FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE quarantine ENABLE ALWAYS TRIGGER quarantine_no_delete

CREATE TRIGGER quarantine_no_truncate BEFORE TRUNCATE ON quarantine FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE quarantine ENABLE ALWAYS TRIGGER quarantine_no_truncate

CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE access_log ENABLE ALWAYS TRIGGER access_log_no_update

CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE access_log ENABLE ALWAYS TRIGGER access_log_no_delete

CREATE TRIGGER access_log_no_truncate BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE access_log ENABLE ALWAYS TRIGGER access_log_no_truncate

CREATE TRIGGER remembered_no_update BEFORE UPDATE ON remembered FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE remembered ENABLE ALWAYS TRIGGER remembered_no_update

CREATE TRIGGER remembered_no_delete BEFORE DELETE ON remembered FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE remembered ENABLE ALWAYS TRIGGER remembered_no_delete

CREATE TRIGGER remembered_no_truncate BEFORE TRUNCATE ON remembered FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE remembered ENABLE ALWAYS TRIGGER remembered_no_truncate

CREATE TRIGGER store_property_no_update BEFORE UPDATE ON store_property FOR EACH ROW WHEN (OLD.name IN ('origin', 'born_at')) EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE store_property ENABLE ALWAYS TRIGGER store_property_no_update

CREATE TRIGGER store_property_no_delete BEFORE DELETE ON store_property FOR EACH ROW WHEN (OLD.name IN ('origin', 'born_at')) EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE store_property ENABLE ALWAYS TRIGGER store_property_no_delete

CREATE TRIGGER store_property_no_truncate BEFORE TRUNCATE ON store_property FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()

ALTER TABLE store_property ENABLE ALWAYS TRIGGER store_property_no_truncate
