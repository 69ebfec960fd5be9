"""What kinds of limit a plan can meet: the words of the column `what` of its table `limits`. Apart, as explaining a plan needs no model."""

OPENINGS = "Openings"
STAFF = "Staff hours"
MOBILES = "Mobile unit weeks"
INSOURCING = "Insourcing limit"
OUTSOURCING = "Outsourcing limit"
BATCH = "Largest aid batch"
ACCEPTANCE = "Patients who accept aid"
TRAVEL = "Travel limit"
SHORTEST = "Shortest list"

SESSION, EXTRA_STAFF, MORE_INSOURCED, MORE_OUTSOURCED = "Session with its staff", "More staff", "More insourced", "More outsourced"
"""What one more of is tried: the words of the column `what` of the table `worth`."""
