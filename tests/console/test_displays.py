"""An administrator sets up the hall displays in the console: what each shows and says, and which device shows it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.set_up import draft_preview
from shared.hall.display_values import DisplayLayout, PlaylistKind, Volume
from shared.hall.displays import DefineDisplay
from shared.hall.roles import Role
from shared.hall.set_up import DefinePoint
from tests.console.test_devices import House, device, the_devices
from tests.console.test_set_up import open_set_up

CTRL = Qt.KeyboardModifier.ControlModifier


async def the_displays(seat):
    await open_set_up(seat)
    page = seat.console.set_up_page
    page.tabs.setCurrentWidget(page.displays)
    return page.displays


async def saved(seat, section) -> None:
    QTest.keyClick(section, Qt.Key.Key_S, CTRL)
    await seat.until(lambda: section.sentence.text() == "Saved, and in force everywhere.")


def choose_layout(section, layout: DisplayLayout) -> None:
    section.layout_choice.setCurrentIndex(section.layout_choice.findData(layout))


async def test_a_new_display_is_in_force_at_once_for_what_is_ticked(sit_down, link) -> None:
    async with sit_down() as seat:
        section = await the_displays(seat)
        assert section.none_yet.isVisible() and section.name.fields["en"].hasFocus()
        QTest.keyClicks(section.name.fields["en"], "Blood tests")
        choose_layout(section, DisplayLayout.CALLS_AND_NEXT)
        section.services.setCurrentRow(1)
        QTest.keyClick(section.services, Qt.Key.Key_Space)
        for language in ("de", "en"):
            choice = section.languages.choices[-1]
            choice.setCurrentIndex(choice.findData(language))
        section.farthest_seat.setValue(6)
        section.ticker.fields["de"].setText("Bitte leise")
        await saved(seat, section)
        (display,) = link.hall.displays.values()
        assert display.id == section.item_id == "blood-tests" and not section.none_yet.isVisible()
        assert display.layout is DisplayLayout.CALLS_AND_NEXT
        assert (display.services, display.points) == (("tests",), ())
        assert display.languages == ("de", "en") and display.ticker == {"de": "Bitte leise"}
        assert section.list.currentItem().text() == "Blood tests\nCalls, and the next numbers"
        assert not section.unsaved
        section.retire_button.click()
        section.retire_button.click()
        await seat.until(lambda: not link.hall.displays and section.none_yet.isVisible())


async def test_two_displays_of_one_name_are_refused_and_nothing_is_lost(sit_down, link) -> None:
    link.do(DefineDisplay(id="one", name={"en": "Waiting room"}))
    async with sit_down() as seat:
        section = await the_displays(seat)
        QTest.keyClick(section, Qt.Key.Key_N, CTRL)
        QTest.keyClicks(section.name.fields["en"], "Waiting Room")
        section.save()
        await seat.until(lambda: section.sentence.text() == "Another display has this name.")
        assert section.unsaved and section.name.fields["en"].text() == "Waiting Room"
        section.list.setCurrentRow(0)
        await seat.until(section.discard_button.isVisible)
        section.discard()
        assert section.item_id == "one" and not section.unsaved


async def test_pages_are_added_moved_and_removed(sit_down, link) -> None:
    link.do(DefineDisplay(id="one", name="Waiting room"))
    async with sit_down() as seat:
        section = await the_displays(seat)
        pages = section.playlist
        assert not pages.isVisible()
        choose_layout(section, DisplayLayout.CALLS_AND_MEDIA)
        assert pages.isVisible() and not pages.remove.isVisible()
        pages.add_text.click()
        section.save()
        await seat.until(lambda: section.sentence.text() == "Write the text of this page.")
        pages.text.fields["en"].setPlainText("Flu season\nGet your shot at counter 2")
        pages.add_web.click()
        assert pages.url.hasFocus()
        QTest.keyClicks(pages.url, "https://example.org/today")
        pages.seconds.setValue(40)
        pages.up.click()
        lines = [pages.list.item(row).text() for row in range(pages.list.count())]
        assert lines == ["Web page   https://example.org/today   40 s", "Text   Flu season   15 s"]
        await saved(seat, section)
        web, text = link.hall.displays["one"].playlist
        assert (web.kind, web.url, web.seconds) == (PlaylistKind.WEB, "https://example.org/today", 40)
        assert text.text == {"en": "Flu season\nGet your shot at counter 2"}
        pages.remove.click()
        await saved(seat, section)
        assert link.hall.displays["one"].playlist == (text,)


async def test_what_is_added_to_the_hall_meanwhile_is_no_change_of_the_form(sit_down, link) -> None:
    link.do(DefineDisplay(id="one", name="Waiting room"))
    async with sit_down() as seat:
        section = await the_displays(seat)
        link.do(DefinePoint(id="3", serial_number=3, name="Room 3"))
        await seat.until(lambda: "3" in section.model.hall.points)
        assert not section.unsaved


async def test_without_a_display_on_this_computer_the_form_works_and_says_what_the_preview_needs(
    sit_down, link, monkeypatch
) -> None:
    monkeypatch.setattr(draft_preview, "entry_points", lambda **_: ())
    async with sit_down() as seat:
        section = await the_displays(seat)
        await seat.until(section.preview.missing.isVisible)
        assert "nowserving[display]" in section.preview.missing.text()
        section.name.fields["en"].setText("Waiting room")
        section.farthest_seat.setValue(60)
        await saved(seat, section)
        assert link.hall.displays["waiting-room"].farthest_seat == 60


async def test_how_loud_and_how_often_calls_are_announced(sit_down, link) -> None:
    async with sit_down() as seat:
        await open_set_up(seat)
        page = seat.console.set_up_page
        page.tabs.setCurrentWidget(page.announcements)
        section = page.announcements
        section.times.setValue(2)
        for percent in (80, 30):
            section.volumes.add_button.click()
            section.volumes.rows[-1].percent.setValue(percent)
        section.volumes.rows[1].since.setTime(section.volumes.rows[1].since.time().addSecs(9 * 3600))
        await saved(seat, section)
        settings = link.hall.settings
        assert (settings.announce_times, settings.announce_gap) == (2, 2)
        assert [str(one.since) for one in settings.volumes] == ["08:00:00", "18:00:00"]
        assert settings.volumes[1] == Volume(since=settings.volumes[1].since, percent=30)
        section.volumes.rows[1].since.setTime(section.volumes.rows[0].since.time())
        section.save()
        await seat.until(lambda: section.model.is_refusal)
        assert section.unsaved


@pytest.fixture
def house(link) -> House:
    return House(link.asked)


async def test_a_display_device_is_given_another_display_at_once(sit_down, link, house: House) -> None:
    house.devices.append(device("Screen at the door", role=Role.DISPLAY))
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        section.devices.choose("Screen at the door")
        assert not section.display_part.isVisible(), "there is none to choose"
        link.do(DefineDisplay(id="hall", name={"en": "Waiting room"}))
        link.do(DefineDisplay(id="lab", name={"en": "Blood tests"}))
        await seat.until(section.display_part.isVisible)
        kind = section.rows.columns[1].text
        await seat.until(lambda: kind(house.devices[-1]) == "Display · Waiting room")
        QTest.keyClick(section.display_choice, Qt.Key.Key_End)
        await seat.until(lambda: link.hall.assigned == {"Screen at the door": "lab"})
        await seat.until(lambda: kind(house.devices[-1]) == "Display · Blood tests")
        section.devices.choose("Kiosk at the door")
        assert not section.display_part.isVisible()


async def test_pages_of_one_subject_are_in_a_row_below_their_group(sit_down) -> None:
    async with sit_down() as seat:
        await open_set_up(seat)
        page, bars = seat.console.set_up_page, seat.console.set_up_page.groups
        upper, lower = bars.group_bar, bars.page_bar
        assert not lower.isVisible()
        names = [upper.tabText(at) for at in range(upper.count())]
        upper.setCurrentIndex(names.index("Displays"))
        assert page.tabs.currentWidget() is page.displays and lower.isVisible()
        assert [lower.tabText(at) for at in range(lower.count())] == ["Displays", "Media", "Announcements", "Voice"]
        for _ in range(3):
            QTest.keyClick(lower, Qt.Key.Key_Right)
        assert page.tabs.currentWidget() is page.voice
        upper.setCurrentIndex(0)
        upper.setCurrentIndex(names.index("Displays"))
        assert page.tabs.currentWidget() is page.voice, "where one was"
        lower.setCurrentIndex(0)
        page.displays.name.fields["en"].setText("Hall")
        upper.setCurrentIndex(0)
        assert page.tabs.currentWidget() is page.displays and upper.currentIndex() == names.index("Displays")
        assert page.displays.discard_button.isVisible()


async def test_a_display_that_cannot_be_read_from_its_farthest_seat_is_refused_with_the_numbers(sit_down, link) -> None:
    async with sit_down() as seat:
        section = await the_displays(seat)
        section.name.fields["en"].setText("Waiting room")
        section.inches.setValue(10)
        section.farthest_seat.setValue(40)
        await seat.until(section.preview.reason.isVisible)
        why = section.preview.reason.text()
        assert "40" in why
        QTest.keyClick(section, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: section.sentence.text() == why and section.unsaved)
        assert not link.hall.displays
        section.farthest_seat.setValue(2)
        await seat.until(lambda: not section.preview.reason.isVisible())
        await saved(seat, section)
        assert link.hall.displays["waiting-room"].farthest_seat == 2
