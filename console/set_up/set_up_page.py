"""The administrator's page: services, precedences, service points, the hall itself, and what stands in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QTabWidget, QWidget

from console import keys, sentences
from console.controls import column, label, on_key
from console.set_up.audit_model import AuditModel
from console.set_up.audit_section import AuditSection
from console.set_up.calling_section import CallingSection
from console.set_up.devices_model import DevicesModel
from console.set_up.devices_section import DevicesSection
from console.set_up.exceptional_days_section import ExceptionalDaysSection
from console.set_up.hall_section import HallSection
from console.set_up.people_model import PeopleModel
from console.set_up.people_section import PeopleSection
from console.set_up.points_section import PointsSection
from console.set_up.precedences_section import PrecedencesSection
from console.set_up.section import Defined, Section
from console.set_up.services_section import ServicesSection
from console.set_up.set_up_file_model import SetUpFileModel
from console.set_up.set_up_file_section import SetUpFileSection
from console.set_up.set_up_model import SetUpModel
from shared.hall.roles import Role

MOST_WARNINGS = 3
"""Lines; whoever has just begun lacks everything, and needs the room for the form."""


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
        self.people = PeopleSection(PeopleModel(model.station, model))
        self.devices = DevicesSection(DevicesModel(model.station, model))
        self.audit = AuditSection(AuditModel(model.station, model))
        self.file = SetUpFileSection(SetUpFileModel(model.station, model))
        self.warning = label("", "banner", wrap=True)
        self.boxes = label("", "banner", wrap=True)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.services, self.tr("Services"))
        self.tabs.addTab(self.precedences, self.tr("Precedences"))
        self.tabs.addTab(self.points, self.tr("Service points"))
        self.tabs.addTab(self.hall, self.tr("Hall"))
        self.tabs.addTab(self.calling, self.tr("Calling"))
        self.tabs.addTab(self.days, self.tr("Days apart"))
        self.tabs.addTab(self.people, self.tr("People"))
        self.tabs.addTab(self.devices, self.tr("Devices"))
        self.tabs.addTab(self.audit, self.tr("Audit"))
        self.tabs.addTab(self.file, self.tr("File"))
        self._shown = self.tabs.currentWidget()
        self.tabs.currentChanged.connect(self._turned)
        for key, step in ((keys.NEXT_TAB, 1), (keys.TAB_BEFORE, -1)):  # a field with a date or time would take them
            on_key(key, partial(self._turn, step), self)
        self.services.lacking.precedences_wanted.connect(partial(self.tabs.setCurrentWidget, self.precedences))
        self.services.lacking.points_wanted.connect(partial(self.tabs.setCurrentWidget, self.points))
        self.setLayout(column(self.tabs, self.warning, self.boxes, gap=0))
        model.changed.connect(self.warn)
        self.tabs.currentChanged.connect(self.warn)
        self.warn()

    def show_to(self, role: Role) -> None:
        """Supervisors read who did what; all else is for administrators."""
        if role is not Role.ADMINISTRATOR:  # first: a hidden tab hands on to the next one, which would ask
            self.tabs.setCurrentWidget(self.audit)
        for at in range(self.tabs.count()):
            self.tabs.setTabVisible(at, role is Role.ADMINISTRATOR or self.tabs.widget(at) is self.audit)

    @property
    def unsaved(self) -> Section | None:
        """The form that is not saved yet; nobody turns to another page of these before it is."""
        return self._shown if isinstance(self._shown, Section) and self._shown.unsaved else None

    def forget(self) -> None:
        """The next person finds nothing of what this one wrote or was told."""
        for at in range(self.tabs.count()):
            section = self.tabs.widget(at)
            assert isinstance(section, (Section, DevicesSection, AuditSection, SetUpFileSection))
            section.forget()

    def _turn(self, step: int) -> None:
        shown = [at for at in range(self.tabs.count()) if self.tabs.isTabVisible(at)]
        self.tabs.setCurrentIndex(shown[(shown.index(self.tabs.currentIndex()) + step) % len(shown)])

    def _turned(self) -> None:
        wanted, left = self.tabs.currentWidget(), self.unsaved
        if left is None:
            self._shown = wanted
            self.begin()
        elif left is not wanted:
            self.tabs.setCurrentWidget(left)
            left.leave(partial(self.tabs.setCurrentWidget, wanted))

    def begin(self) -> None:
        """Show the hall as it is now, or what was being written when one turned away."""
        self.model.say("")
        self.people.model.say("")
        section = self.tabs.currentWidget()
        if section in (self.devices, self.audit, self.file):
            section.begin()
        if not isinstance(section, Section):
            return
        if section.unsaved:
            section.ask()
        else:
            section.begin()
            section.take_focus()

    def warn(self) -> None:
        """Beside the points stands what the services still lack, and beside all names what can't be drawn."""
        lacking = [sentences.gap(self.model.hall, gap) for gap in self.model.gaps]
        self.warning.setText("\n".join(lacking[:MOST_WARNINGS]))
        self.warning.setVisible(bool(lacking) and self.tabs.currentWidget() is self.points)
        boxes = sentences.boxes(self.model.hall)
        self.boxes.setText("\n".join(boxes))
        self.boxes.setVisible(bool(boxes) and isinstance(self.tabs.currentWidget(), Defined))
