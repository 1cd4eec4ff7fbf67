"""An administrator changes the hall in the console, and the change is in force everywhere at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.set_up.set_up_model import slug
from shared.hall.issuing import IssueTicket
from shared.hall.set_up import DefineHall, DefineService

CTRL = Qt.KeyboardModifier.ControlModifier


async def open_set_up(seat, section: int = 0):
    await seat.work("admin")
    QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
    page = seat.console.set_up_page
    assert seat.console.page is page
    page.tabs.setCurrentIndex(section)
    return page.tabs.currentWidget()


async def test_a_specialist_sees_no_set_up(sit_down) -> None:
    async with sit_down() as seat:
        await seat.work("reception")
        assert not seat.console.window.to_set_up.isVisible()
        QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
        seat.console.show_set_up()
        assert seat.console.page is seat.console.work_page


async def test_a_new_service_is_there_at_once_and_can_be_given_to_a_point(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        QTest.keyClick(services, Qt.Key.Key_N, CTRL)
        assert services.prefix.text() == "C"
        QTest.keyClicks(services.name.fields["en"], "Cash desk")
        QTest.keyClicks(services.name.fields["de"], "Kasse")
        QTest.keyClick(services, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: "cash-desk" in link.hall.services)
        await seat.until(lambda: services.sentence.text() == "Saved.")
        assert link.hall.services["cash-desk"].name == {"en": "Cash desk", "de": "Kasse"}
        assert link.hall.services["cash-desk"].precedences == ()
        assert services.list.currentItem().text() == "C   Cash desk\nno service point gives it"
        matrix = (await switch(seat, 2)).matrix
        matrix.setCurrentIndex(matrix.assignments.index(1, 2))
        for expected in ("primary", "backup", ""):
            QTest.keyClick(matrix, Qt.Key.Key_Space)
            await seat.until(lambda wanted=expected: mark(link, "2", "cash-desk") == wanted)
            await seat.until(lambda: seat.console.set_up.can_save)
        assert link.hall.points["2"].services == ("tests",)


async def switch(seat, section: int):
    seat.console.set_up_page.tabs.setCurrentIndex(section)
    return seat.console.set_up_page.tabs.currentWidget()


def mark(link, point: str, service: str) -> str:
    found = link.hall.points[point]
    if service in found.services:
        return "primary"
    return "backup" if service in found.backup_services else ""


async def test_what_is_still_needed_is_not_retired_and_the_sentence_says_so(sit_down, link) -> None:
    link.do(IssueTicket(service="registration"))
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.retire_button.click()
        assert services.retire_button.text() == "Retire for good? Press again"
        services.retire_button.click()
        await seat.until(services.sentence.isVisible)
        assert services.sentence.text().startswith("Somebody still has a ticket for this service")
        assert "registration" in link.hall.services


async def test_what_nobody_needs_is_retired(sit_down, link) -> None:
    async with sit_down() as seat:
        points = await open_set_up(seat, 2)
        points.matrix.choose("2")
        points.retire_button.click()
        points.retire_button.click()
        await seat.until(lambda: "2" not in link.hall.points)
        await seat.until(lambda: points.matrix.assignments.rowCount() == 1)


async def test_a_value_that_cannot_be_is_refused_beside_the_form_and_nothing_is_lost(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.prefix.setText("B")
        services.name.fields["en"].setText("Reception")
        services.save()
        await seat.until(services.sentence.isVisible)
        assert services.sentence.text().startswith("Another service gives these numbers: choose another letter")
        assert services.name.fields["en"].text() == "Reception"
        assert link.hall.services["registration"].prefix == "A"


async def test_an_allowance_is_explained_in_words_while_it_is_changed(sit_down, link) -> None:
    async with sit_down() as seat:
        precedences = await open_set_up(seat, 1)
        assert (
            precedences.meaning.text() == "A Paid ticket may pass Regular tickets that came at most 20 minutes earlier."
        )
        precedences.allowance.setValue(40)
        assert "at most 30 minutes earlier" in precedences.meaning.text()
        precedences.save()
        await seat.until(lambda: link.hall.precedences["regular"].allowance == 40)


async def test_a_new_precedence_and_a_new_point(sit_down, link) -> None:
    async with sit_down() as seat:
        precedences = await open_set_up(seat, 1)
        precedences.new()
        precedences.name.fields["ru"].setText("Льготная")
        precedences.save()
        await seat.until(lambda: "precedence" in link.hall.precedences)
        await seat.until(lambda: seat.console.set_up.can_save)
        points = await switch(seat, 2)
        points.new()
        points.name.fields["en"].setText("Room 3")
        await seat.until(lambda: seat.console.set_up_page.model.can_save)
        points.save()
        await seat.until(lambda: "point-3" in link.hall.points)
        assert link.hall.points["point-3"].serial_number == 3


async def test_the_hall_itself(sit_down, link) -> None:
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        hall.name.fields["en"].setText("Harbour Clinic")
        hall.zone.setCurrentText("Europe/Berlin")
        hall.web.setChecked(False)
        hall.boxes["ar"].setChecked(False)
        hall.own_language.setCurrentIndex(hall.own_language.findData("de"))
        hall.keep_contacts.setValue(8)
        hall.save()
        await seat.until(lambda: link.hall.settings.time_zone == "Europe/Berlin")
        settings = link.hall.settings
        assert (settings.web, settings.keep_contacts, settings.languages) == (False, 8, ("de", "en", "ru"))
        assert settings.name["en"] == "Harbour Clinic"


async def test_what_is_being_written_is_not_disturbed_by_the_hall(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.name.fields["en"].setText("Recep")
        link.do(IssueTicket(service="tests"))
        await seat.until(lambda: seat.console.set_up.hall.waiting("tests") == 1)
        assert services.name.fields["en"].text() == "Recep"


def test_ids_are_made_of_names() -> None:
    assert slug("Cash desk", {}) == "cash-desk"
    assert slug("Cash desk", {"cash-desk"}) == "cash-desk-2"
    assert slug("Касса", {}, "service") == "service"
    assert slug("Röntgen!", {}) == "rontgen"


async def test_what_is_written_is_not_lost_by_choosing_another(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.name.fields["en"].setText("Registration desk")
        services.list.setCurrentRow(1)
        assert services.name.fields["en"].text() == "Registration desk"
        assert services.sentence.text() == "This is not saved yet: save it or discard it first."
        await seat.until(lambda: services.list.currentRow() == 0)
        QTest.keyClick(services, Qt.Key.Key_Escape)
        assert services.name.fields["en"].text() == "Blood tests"
        assert services.list.currentRow() == 1
        assert not services.discard_button.isVisible()
        assert link.hall.services["registration"].name["en"] == "Registration"


async def test_what_is_written_is_not_lost_by_a_new_one_and_can_be_saved(sit_down, link) -> None:
    async with sit_down() as seat:
        precedences = await open_set_up(seat, 1)
        precedences.allowance.setValue(45)
        QTest.keyClick(precedences, Qt.Key.Key_N, CTRL)
        assert precedences.discard_button.isVisible()
        assert precedences.item_id == "regular"
        QTest.keyClick(precedences, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: link.hall.precedences["regular"].allowance == 45)
        await seat.until(lambda: not precedences.discard_button.isVisible())


async def test_what_is_written_waits_on_its_own_page(sit_down) -> None:
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        hall.name.fields["en"].setText("Harbour Clinic")
        QTest.keyClick(seat.console.window, Qt.Key.Key_P, CTRL)
        QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
        assert hall.isVisible() and hall.name.fields["en"].text() == "Harbour Clinic"
        assert hall.sentence.isVisible()
        hall.discard_button.click()
        assert hall.name.fields["en"].text() == "City Clinic"


async def test_a_mark_in_the_table_leaves_the_form_as_it_is_being_written(sit_down, link) -> None:
    async with sit_down() as seat:
        points = await open_set_up(seat, 2)
        points.name.fields["en"].setText("Reception")
        points.matrix.setCurrentIndex(points.matrix.assignments.index(0, 1))
        QTest.keyClick(points.matrix, Qt.Key.Key_Space)
        await seat.until(lambda: mark(link, "1", "tests") == "backup")
        await seat.until(lambda: seat.console.set_up.can_save)
        assert points.name.fields["en"].text() == "Reception"
        points.matrix.setCurrentIndex(points.matrix.assignments.index(1, 1))
        assert points.sentence.text().startswith("This is not saved yet")
        await seat.until(lambda: points.matrix.currentIndex().row() == 0)
        points.save()
        await seat.until(lambda: link.hall.points["1"].name["en"] == "Reception")
        assert mark(link, "1", "tests") == "backup"


async def test_eight_services_stand_beside_one_another_in_the_smallest_window(sit_down, link) -> None:
    for number in range(6):
        link.do(DefineService(id=f"more-{number}", prefix=f"X{number}", name="Prescriptions and certificates"))
    async with sit_down() as seat:
        points = await open_set_up(seat, 2)
        seat.console.window.resize(seat.console.window.minimumSize())
        await seat.until(lambda: points.matrix.assignments.columnCount() == 8)
        assert points.matrix.horizontalScrollBar().maximum() == 0


async def test_the_rules_of_calling(sit_down, link) -> None:
    async with sit_down() as seat:
        calling = await open_set_up(seat, 5)
        QTest.keyClick(calling.auto_call, Qt.Key.Key_Space)
        wanted = {
            "recalls_before_no_show": 2,
            "no_show_after": 30,
            "reinstate_within": 45,
            "return_after": 8,
            "appointment_early": 20,
            "appointment_grace": 5,
        }
        for setting, number in wanted.items():
            calling.numbers[setting].setValue(number)
        calling.outcomes.setPlainText("Treated\n\n Sent on ")
        calling.save()
        await seat.until(lambda: link.hall.settings.auto_call)
        assert {setting: getattr(link.hall.settings, setting) for setting in wanted} == wanted
        assert link.hall.settings.outcomes == ("Treated", "Sent on")


async def test_an_outcome_written_twice_is_refused_beside_the_form(sit_down, link) -> None:
    async with sit_down() as seat:
        calling = await open_set_up(seat, 5)
        calling.outcomes.setPlainText("Treated\nTreated")
        calling.save()
        await seat.until(calling.sentence.isVisible)
        assert calling.outcomes.toPlainText() == "Treated\nTreated" and link.hall.settings.outcomes == ()


async def test_what_a_form_does_not_show_stays_as_it_is(sit_down, link) -> None:
    link.do(DefineHall(name="Clinic", languages=("en",), outcomes=("Treated",), auto_call=True))
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        hall.accent.setText("#112233")
        hall.save()
        await seat.until(lambda: link.hall.settings.accent == "#112233")
        assert (link.hall.settings.outcomes, link.hall.settings.auto_call) == (("Treated",), True)
        await seat.until(lambda: seat.console.set_up.can_save)
        calling = await switch(seat, 5)
        calling.numbers["return_after"].setValue(8)
        calling.save()
        await seat.until(lambda: link.hall.settings.return_after == 8)
        assert link.hall.settings.accent == "#112233"


async def test_a_visit_goes_on_to_services_chosen_one_after_another(sit_down, link) -> None:
    link.do(DefineService(id="cash", name="Cash desk", prefix="C", place=9))
    async with sit_down() as seat:
        services = await open_set_up(seat)
        then = services.then

        def choose(place: int, service: str) -> None:
            then.choices[place].setCurrentIndex(then.choices[place].findData(service))

        assert services.item_id == "registration" and len(then.choices) == 1
        choose(0, "tests")
        choose(1, "cash")
        assert len(then.choices) == 2 and then.choices[1].findData("tests") == -1
        services.save()
        await seat.until(lambda: link.hall.services["registration"].then == ("tests", "cash"))
        await seat.until(lambda: seat.console.set_up.can_save and not services.unsaved)
        choose(0, "cash")
        assert then.chosen() == ("cash",)
        services.save()
        await seat.until(lambda: link.hall.services["registration"].then == ("cash",))
        await seat.until(lambda: seat.console.set_up.can_save and not services.unsaved)
        choose(0, "")
        assert len(then.choices) == 1
        services.save()
        await seat.until(lambda: link.hall.services["registration"].then == ())


async def test_the_fingerprint_of_the_hall_s_certificate_is_there_to_compare_where_there_is_one(sit_down, link) -> None:
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        assert not hall.fingerprint.isVisible()
        link.fingerprint = "7QKX 03MB 9YTE HN2C"
        hall.begin()
        assert hall.fingerprint.isVisible() and link.fingerprint in hall.fingerprint.text()


async def test_what_this_console_can_not_draw_is_said_beside_what_is_written(sit_down, link) -> None:
    async with sit_down() as seat:
        await open_set_up(seat, 2)
        warning = seat.console.set_up_page.undrawable
        assert not warning.isVisible()
        link.do(DefineService(id="tests", prefix="B", name="Blood \U00012f90"))  # Cypro-Minoan, which hardly a font has
        await seat.until(warning.isVisible)
        assert "as in “Blood \U00012f90”" in warning.text() and "Install fonts-noto-core" in warning.text()
        await switch(seat, 11)
        assert not warning.isVisible()
