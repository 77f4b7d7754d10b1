-- The feed: which entries it tells is marked, as it is one among thousands.

-- What was sealed before the mark was there counts as marked, and is looked at.
ALTER TABLE seal ADD COLUMN in_feed boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN seal.in_feed IS 'whether a reader of the feed looks at the entry; false: it is of a kind that isn''t told';
