"""What kinds of limit a plan can meet: the words of the column `what` of its table `limits`. Apart, as explaining a plan needs no model."""

OPENINGS = "Openings"
STAFF = "Staff hours"
LENDING = "Hours lent"
MOBILES = "Mobile unit weeks"
INSOURCING = "Insourcing limit"
OUTSOURCING = "Outsourcing limit"
BATCH = "Largest aid batch"
BUDGET = "Premium budget"
EXTRA_MINUTES = "Extra minutes by road"
ACCEPTANCE = "Patients who accept aid"
REPORTING = "Reporting minutes"
REPORTS_LENT = "Reporting for other trusts"
OUTSOURCED_REPORTS = "Outsourced reports"
TRAVEL = "Travel limit"
SHORTEST = "Shortest list"

SESSION, EXTRA_STAFF, MORE_REPORTING = "Session with its staff", "More staff", "More reporting time"
MORE_INSOURCED, MORE_OUTSOURCED = "More insourced", "More outsourced"
"""What one more of is tried: the words of the column `what` of the table `worth`."""

A_UNIT = {SESSION: 1, EXTRA_STAFF: 1, MORE_REPORTING: 10, MORE_INSOURCED: 10, MORE_OUTSOURCED: 10}
"""How much one unit is: sessions a week, whole-time equivalents, hours of reports a week, examinations a week."""
