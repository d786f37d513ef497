-- uploads: "sha256-" and the base64 of the largest picture's SHA-256, as Subresource Integrity writes it; '' for captions, and for what was
-- uploaded before there were any. A snippet signs it with its words.
ALTER TABLE upload ADD COLUMN digest TEXT NOT NULL DEFAULT '';
