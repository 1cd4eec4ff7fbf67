"""The administrator's page: services, precedences, service points and the hall itself."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from console.controls import column
from console.days_section import DaysSection
from console.hall_section import HallSection
from console.points_section import PointsSection
from console.precedences_section import PrecedencesSection
from console.section import Section
from console.services_section import ServicesSection
from console.set_up_model import SetUpModel


class SetUpPage(QWidget):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.services = ServicesSection(model)
        self.precedences = PrecedencesSection(model)
        self.points = PointsSection(model)
        self.hall = HallSection(model)
        self.days = DaysSection(model)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.services, self.tr("Services"))
        self.tabs.addTab(self.precedences, self.tr("Precedences"))
        self.tabs.addTab(self.points, self.tr("Service points"))
        self.tabs.addTab(self.hall, self.tr("Hall"))
        self.tabs.addTab(self.days, self.tr("Days apart"))
        self.tabs.currentChanged.connect(self.begin)
        self.setLayout(column(self.tabs))

    def begin(self) -> None:
        """Show the hall as it is now, or what was being written when one turned away."""
        self.model.say("")
        section = self.tabs.currentWidget()
        if not isinstance(section, Section):
            return
        if section.unsaved:
            section.ask()
        else:
            section.begin()
            section.take_focus()
