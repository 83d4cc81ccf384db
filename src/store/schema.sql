-- The state of a repository's runs: one file, state.db, that `sqlite3` can query at any time.
--
-- Times are text in UTC (RFC 3339 with microseconds, which SQLite's date functions read), durations seconds, ids of
-- git objects 40 hex digits, words those of the workflow file and the reports. file_path may be any bytes.
-- Changing a table means: change it here, raise kSchemaVersion, and add migrations/<version>.sql for those who have
-- the older one.

-- One run of a workflow. owner_*: the process that drives it, or drove it last, on this machine; NULL after an import.
CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,
  workflow TEXT NOT NULL,
  workflow_path TEXT NOT NULL,
  start_commit TEXT,
  state TEXT NOT NULL,
  fleet_version TEXT NOT NULL,
  owner_pid INTEGER,
  owner_start_time INTEGER,
  token TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL -- of a run that goes on, up to a second behind: the journal knows better
) STRICT;
CREATE INDEX runs_by_workflow ON runs (workflow, created_at);
CREATE INDEX runs_by_age ON runs (created_at);

-- What a run keeps from its first moment to its last. Apart from runs, which changes often and is listed.
CREATE TABLE frozen (
  run TEXT NOT NULL PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  workflow_source TEXT NOT NULL,
  plan_json TEXT NOT NULL,
  options_json TEXT NOT NULL
) STRICT;

-- What happened to a run, as the scheduler took it in: its state is the fold of these.
CREATE TABLE journal (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL, -- microseconds since 1970
  payload TEXT NOT NULL,
  PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;

-- What people and machines watch. task, other: tasks.position.
CREATE TABLE events (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  task INTEGER,
  attempt INTEGER NOT NULL,
  verdict TEXT,
  message TEXT NOT NULL,
  other INTEGER,
  until TEXT,
  PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;

-- The tasks of each run as they stand. result_json: the outcome of the last attempt.
CREATE TABLE tasks (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL, -- in plan order, from 0
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  result_json TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (run, id)
) STRICT;

-- verdict NULL: it runs, or did when its process ended.
CREATE TABLE attempts (
  run TEXT NOT NULL,
  task_id TEXT NOT NULL,
  number INTEGER NOT NULL, -- from 1
  verdict TEXT,
  agent TEXT NOT NULL,
  reason TEXT NOT NULL,
  base_commit TEXT,
  snapshot_commit TEXT,
  pid INTEGER,
  process_start_time INTEGER,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  duration REAL,
  result_json TEXT,
  PRIMARY KEY (run, task_id, number),
  FOREIGN KEY (run, task_id) REFERENCES tasks ON DELETE CASCADE
) STRICT;

-- One row for each path that an attempt changed. content_hash: git's id of the blob, whose content git holds; NULL when
-- the path was removed. content: only where git does not hold it.
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  task_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  file_path TEXT NOT NULL,
  content_hash TEXT,
  content BLOB,
  created_at TEXT NOT NULL,
  FOREIGN KEY (run, task_id) REFERENCES tasks ON DELETE CASCADE
) STRICT;
CREATE INDEX snapshots_by_run ON snapshots (run);

-- Measured values: of an attempt, of a task (attempt NULL), of a run (task_id NULL too).
CREATE TABLE metrics (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  task_id TEXT,
  attempt INTEGER,
  metric_name TEXT NOT NULL,
  metric_value REAL NOT NULL,
  timestamp TEXT NOT NULL
) STRICT;
CREATE INDEX metrics_by_run ON metrics (run);
