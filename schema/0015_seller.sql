-- access: who sells, as buyers and their law want to read it.
ALTER TABLE shop ADD COLUMN legal_name TEXT NOT NULL DEFAULT '';
ALTER TABLE shop ADD COLUMN contact TEXT NOT NULL DEFAULT '';
