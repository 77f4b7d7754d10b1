-- What a token may see and since when it is used, and who else lets people in: an identity provider.

ALTER TABLE token
    ADD COLUMN under text COLLATE "C",
    ADD COLUMN begins text COLLATE "C",
    ADD COLUMN issuer text COLLATE "C",
    ADD COLUMN last_used_at timestamptz;
COMMENT ON COLUMN token.under IS 'the organisation below which it sees; null: everything';
COMMENT ON COLUMN token.begins IS 'what it begins with, so that whoever finds one knows which it is';
COMMENT ON COLUMN token.issuer IS 'of whom an identity provider vouches for: which one; the hash is of issuer and actor then, and scopes come with each request';
COMMENT ON COLUMN token.last_used_at IS 'about when it was used last; written beside requests, a minute late at most';

GRANT UPDATE (expires_at, last_used_at) ON token TO jifen_service;
