"""Every page of the demonstration with somebody to whom it is open: what is asked of each page is asked of these."""

NURSE, PHYSICIAN, AUDITOR = "nurse.anna nurse", "physician.emil physician", "auditor auditor"
ADMINISTRATOR, CHARGE_NURSE = "admin administrator", "charge.dora charge_nurse"
CONSULTANT, HAEMATOLOGIST = "consultant.ida consultant", "haematologist.greta haematologist"

NOWHERE = "/no-such-page"
#: Pages at the bedside, each with who opens it.
BEDSIDE = (
    (NURSE, "/"),
    (NURSE, "/about"),
    (NURSE, "/account"),
    (NURSE, "/sign-in"),
    (NURSE, "/inbox"),
    (NURSE, "/inbox/duty"),
    (NURSE, "/case/demo-03/do"),
    (NURSE, "/case/demo-03/do/RecordResult"),
    (PHYSICIAN, "/case/demo-03"),
    (PHYSICIAN, "/case/demo-05?timeline=all&span=all"),
    (PHYSICIAN, "/case/demo-03/pathway"),
    (PHYSICIAN, "/case/demo-03/why"),
    (PHYSICIAN, "/case/demo-03/why-not"),
    (AUDITOR, "/case/demo-03/replay"),
    (AUDITOR, "/case/demo-03/replay?at=01-Jan-2020%2012:00"),
    (CHARGE_NURSE, "/replay"),
    (CHARGE_NURSE, "/replay?at=nonsense"),
    (PHYSICIAN, "/enrol"),
    (NURSE, "/admin/sheets"),
    (NURSE, "/admin/sheets/Haematology%204/sheet"),
    # what is not there, and what is not open
    (NURSE, NOWHERE),
    (AUDITOR, "/case/demo-03"),
    (NURSE, "/admin/people"),
)
#: Pages of the administration and of the record, each with who opens it.
OFFICE = (
    (ADMINISTRATOR, "/admin"),
    (ADMINISTRATOR, "/admin/people"),
    (ADMINISTRATOR, "/admin/people/nurse.anna"),
    (ADMINISTRATOR, "/admin/people/lab.feed"),
    (ADMINISTRATOR, "/admin/glass"),
    (CHARGE_NURSE, "/admin/rosters"),
    (ADMINISTRATOR, "/admin/channels"),
    (ADMINISTRATOR, "/admin/beds"),
    (CONSULTANT, "/admin/definitions"),
    (ADMINISTRATOR, "/admin/quarantine"),
    (ADMINISTRATOR, "/admin/reminders"),
    (ADMINISTRATOR, "/admin/system"),
    (ADMINISTRATOR, "/admin/retention"),
    (AUDITOR, "/audit"),
    (AUDITOR, "/audit/cases"),
    (AUDITOR, "/audit/case/demo-05"),
    (AUDITOR, "/audit/looks"),
    (AUDITOR, "/audit/indicators"),
    (AUDITOR, "/audit/deviations"),
    (AUDITOR, "/audit/proof"),
    (AUDITOR, "/audit/indicators?show=Q4"),
    (AUDITOR, "/audit/redecide?case=demo-05"),
    (AUDITOR, "/audit/xes"),
)
#: A page of each kind. The forms of the board stand in test_board.py, over a ward with every state.
PAGES = BEDSIDE + OFFICE
#: What a page says on paper beside that it is a demonstration: until when it holds, or that it is not the present.
ON_PAPER = {
    (NURSE, "/"): r"valid until 05-Mar-2026 \d\d:\d\d",
    (PHYSICIAN, "/case/demo-03"): r"valid until 05-Mar-2026 \d\d:\d\d",
    (NURSE, "/inbox"): "Not a live view",
    (AUDITOR, "/case/demo-03/replay"): "REPLAY",
}
