"""The set-up page: its tabs, who may see which, and their unsaved forms."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QTabWidget, QWidget

from console import keys, sentences
from console.controls import column, label, on_key
from console.set_up.announcements_section import AnnouncementsSection
from console.set_up.audit_model import AuditModel
from console.set_up.audit_section import AuditSection
from console.set_up.calling_section import CallingSection
from console.set_up.clips_model import ClipsModel
from console.set_up.devices_model import DevicesModel
from console.set_up.devices_section import DevicesSection
from console.set_up.displays_section import DisplaysSection
from console.set_up.exceptional_days_section import ExceptionalDaysSection
from console.set_up.hall_section import HallSection
from console.set_up.media_model import MediaModel
from console.set_up.media_section import MediaSection
from console.set_up.people_model import PeopleModel
from console.set_up.people_section import PeopleSection
from console.set_up.points_section import PointsSection
from console.set_up.precedences_section import PrecedencesSection
from console.set_up.section import DefinitionSection, Section
from console.set_up.services_section import ServicesSection
from console.set_up.set_up_file_model import SetUpFileModel
from console.set_up.set_up_file_section import SetUpFileSection
from console.set_up.set_up_model import SetUpModel
from console.set_up.tab_groups import TabGroups
from console.set_up.voice_section import VoiceSection
from shared.hall.roles import Role

MOST_WARNINGS = 3
"""Lines of warnings at most: a new hall lacks everything, and the form needs the room."""

IMMEDIATE = (MediaSection, VoiceSection, DevicesSection, AuditSection, SetUpFileSection)
"""Sections with nothing to save: what is done there is done at once."""


class SetUpPage(QWidget):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.services = ServicesSection(model)
        self.precedences = PrecedencesSection(model)
        self.points = PointsSection(model)
        self.hall = HallSection(model)
        self.calling = CallingSection(model)
        self.days = ExceptionalDaysSection(model)
        media = MediaModel(model.station, model)
        self.displays = DisplaysSection(model, media)
        self.media = MediaSection(media, model)
        self.announcements = AnnouncementsSection(model)
        self.voice = VoiceSection(ClipsModel(model.station, model))
        self.people = PeopleSection(PeopleModel(model.station, model))
        self.devices = DevicesSection(DevicesModel(model.station, model))
        self.audit = AuditSection(AuditModel(model.station, model))
        self.file = SetUpFileSection(SetUpFileModel(model.station, model))
        self.warning = label("", "banner", wrap=True)
        self.undrawable = label("", "banner", wrap=True)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.services, self.tr("Services"))
        self.tabs.addTab(self.precedences, self.tr("Precedences"))
        self.tabs.addTab(self.points, self.tr("Service points"))
        self.tabs.addTab(self.hall, self.tr("Hall"))
        self.tabs.addTab(self.days, self.tr("Exceptional days"))
        self.tabs.addTab(self.calling, self.tr("Calling"))
        self.tabs.addTab(self.displays, self.tr("Displays"))
        self.tabs.addTab(self.media, self.tr("Media"))
        self.tabs.addTab(self.announcements, self.tr("Announcements"))
        self.tabs.addTab(self.voice, self.tr("Voice"))
        self.tabs.addTab(self.people, self.tr("People"))
        self.tabs.addTab(self.devices, self.tr("Devices"))
        self.tabs.addTab(self.audit, self.tr("Audit"))
        self.tabs.addTab(self.file, self.tr("File"))
        self.groups = TabGroups(
            self.tabs,
            {
                self.tr("Hall"): (self.hall, self.days),
                self.tr("Displays"): (self.displays, self.media, self.announcements, self.voice),
            },
        )
        self._shown = self.tabs.currentWidget()
        self.tabs.currentChanged.connect(self._on_tab_changed)
        for key, step in ((keys.NEXT_TAB, 1), (keys.PREVIOUS_TAB, -1)):  # a field with a date or time would take them
            on_key(key, partial(self._step_tab, step), self)
        self.services.lacking.precedences_wanted.connect(partial(self.tabs.setCurrentWidget, self.precedences))
        self.services.lacking.points_wanted.connect(partial(self.tabs.setCurrentWidget, self.points))
        self.setLayout(column(self.groups, self.tabs, self.warning, self.undrawable, gap=0))
        model.changed.connect(self.warn)
        self.tabs.currentChanged.connect(self.warn)
        self.warn()

    def show_to(self, role: Role) -> None:
        """Show supervisors the audit alone, administrators everything."""
        if role is not Role.ADMINISTRATOR:  # first: hiding the current tab turns to the next, which would send requests
            self.tabs.setCurrentWidget(self.audit)
        for at in range(self.tabs.count()):
            self.tabs.setTabVisible(at, role is Role.ADMINISTRATOR or self.tabs.widget(at) is self.audit)
        self.groups.follow()

    @property
    def unsaved(self) -> Section | None:
        """The open form, if it is not saved yet: the tabs don't change before it is saved or discarded."""
        return self._shown if isinstance(self._shown, Section) and self._shown.unsaved else None

    def forget(self) -> None:
        """Before the next person signs in: no longer guard what the last one wrote, and drop what they were told."""
        for at in range(self.tabs.count()):
            section = self.tabs.widget(at)
            assert isinstance(section, (Section, *IMMEDIATE))
            section.forget()

    def _step_tab(self, step: int) -> None:
        shown = [at for at in range(self.tabs.count()) if self.tabs.isTabVisible(at)]
        self.tabs.setCurrentIndex(shown[(shown.index(self.tabs.currentIndex()) + step) % len(shown)])

    def _on_tab_changed(self) -> None:
        wanted, unsaved = self.tabs.currentWidget(), self.unsaved
        if unsaved is None:
            self._shown = wanted
            self.begin()
        elif unsaved is not wanted:
            self.tabs.setCurrentWidget(unsaved)
            unsaved.leave(partial(self.tabs.setCurrentWidget, wanted))

    def begin(self) -> None:
        """Open the current tab: its form as it was being written, with a warning, or the hall as it is now."""
        self.model.say("")
        self.people.model.say("")
        section = self.tabs.currentWidget()
        if isinstance(section, IMMEDIATE):
            section.begin()
        if not isinstance(section, Section):
            return
        if section.unsaved:
            section.warn_unsaved()
        else:
            section.begin()
            section.take_focus()

    def warn(self) -> None:
        """Show, below the forms, the texts that can't be drawn; below the points, also what the hall still lacks."""
        lacking = [sentences.gap_sentence(self.model.hall, gap) for gap in self.model.missing]
        self.warning.setText("\n".join(lacking[:MOST_WARNINGS]))
        self.warning.setVisible(bool(lacking) and self.tabs.currentWidget() is self.points)
        undrawable = sentences.undrawable(self.model.hall)
        self.undrawable.setText("\n".join(undrawable))
        self.undrawable.setVisible(bool(undrawable) and isinstance(self.tabs.currentWidget(), DefinitionSection))
