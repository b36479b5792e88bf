"""Who may open what of a trainer's daily work stands in tests/access/; here, that one finds it."""


def test_the_teaching_page_leads_there(as_user, people):
    text = as_user(people.trainer).get("/teach/").text

    assert [
        address for address in ("/teach/courses/", "/teach/cohorts/", "/teach/reports/") if address not in text
    ] == []
