"""The hall's settings for announcements: how often each call is said, the silence between two, and how loud."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from console.controls import column, label, row
from console.set_up.section import SettingsSection, form_line, number_field
from console.set_up.set_up_model import SetUpModel
from console.set_up.volumes_edit import VolumesEdit
from shared.hall.field_limits import LONGEST_GAP, MOST_ANNOUNCEMENTS
from shared.hall.hall_settings import HallSettings
from shared.ui.widget_theme import theme


class AnnouncementsSection(SettingsSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        said = self.tr("Each call is said so many times; 0: only the chime")
        self.times = number_field(said, MOST_ANNOUNCEMENTS, width=200)
        silence = self.tr("Silence between two announcements")
        self.gap = number_field(silence, LONGEST_GAP, width=200, suffix=self.tr(" s"))
        self.volumes = VolumesEdit()
        self.volumes.changed.connect(self._on_edited)
        self.show_form(self._form())

    def _form(self) -> QVBoxLayout:
        about = self.tr("From each time on until the next one; 0 %: only pictures. Without a time: always the loudest.")
        return column(
            label(self.tr("What displays that speak do"), "large"),
            form_line(self.tr("Each call is said so many times; 0: only the chime"), row(self.times, None)),
            form_line(self.tr("Silence between two announcements"), row(self.gap, None)),
            label(self.tr("Volume by time of day"), "large"),
            label(about, "quiet", wrap=True),
            self.volumes,
            None,
            gap=theme().margin,
        )

    def begin(self, item_id: str = "") -> None:
        settings = self.model.hall.settings
        self.times.setValue(settings.announce_times)
        self.gap.setValue(settings.announce_gap)
        self.volumes.show_volumes(settings.volumes)
        self.mark_as_loaded()

    def take_focus(self) -> None:
        self.times.setFocus(Qt.FocusReason.OtherFocusReason)

    def with_form_values(self, settings: HallSettings) -> HallSettings:
        return replace(
            settings,
            announce_times=self.times.value(),
            announce_gap=self.gap.value(),
            volumes=self.volumes.volumes(),
        )
