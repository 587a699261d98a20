-- Version 5 knows where an imported session came from, so that its next export is the same session however it changed
-- meanwhile. The index over those without an origin keeps an import of many sessions of one moment linear.

ALTER TABLE sessions ADD COLUMN origin TEXT;
CREATE INDEX sessions_by_origin ON sessions (origin) WHERE origin IS NOT NULL;
CREATE INDEX sessions_without_origin ON sessions (created_at) WHERE origin IS NULL;
