-- One way a coded column is written, and its code.
INSERT INTO code_$column VALUES ($$written, $$code)
