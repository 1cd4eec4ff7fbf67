"""The customer at the point: the number, then everything a specialist needs at a glance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QSizePolicy, QWidget

from console import sentences
from console.controls import column, label, row, separator, set_tone, tabular_font
from console.eliding import ElidingLabel
from console.wall_clock import now
from console.work.outcome_and_note import OutcomeAndNote
from console.work.work_model import WorkModel
from shared.formats import clock, minutes_and_seconds
from shared.hall.field_limits import isolated
from shared.hall.hall import Hall
from shared.hall.values import PointStatus, Ticket, TicketState
from shared.languages import own_name
from shared.ui.widget_theme import theme

LARGEST = 2.5
"""The largest number on a large screen, as a multiple of the theme's."""

FILL = 0.8
"""The part of its height that a number takes, 0 to 1."""

AIR = 50
"""Pixels of height that must be left over, or the service stands beside the number instead of below."""


class NumberLabel(QLabel):
    """A number as large as fits, however long its prefix."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme().number // 2)
        self.setMaximumHeight(round(LARGEST * theme().number))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter, largest = QPainter(self), LARGEST * theme().number
        painter.setFont(tabular_font(round(largest), bold=True))
        painter.setFont(tabular_font(max(1, int(largest * self._shrink(painter.fontMetrics()))), bold=True))
        painter.setPen(QColor(theme().accent))
        baseline = (self.height() + painter.fontMetrics().capHeight()) // 2
        painter.drawText(0, baseline, self.text())
        painter.end()

    def _shrink(self, full: QFontMetrics) -> float:
        """The scale, 0 to 1, at which the largest font fits both ways."""
        wide = self.width() / full.horizontalAdvance(self.text() or "0")
        return min(1.0, wide, FILL * self.height() / full.capHeight())


class CustomerCard(QFrame):
    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.setProperty("is", "card")
        self.model = model
        self.state = label("", "chip")
        self.since = label("", "quiet")
        self.running = label("", "clock")
        self.number = NumberLabel()
        self.service = ElidingLabel("large", max_lines=3)
        self.precedence = ElidingLabel("chip")
        self.language = label("", "chip")
        self.facts = ElidingLabel(max_lines=2)
        self.call_sentence = ElidingLabel(max_lines=3)
        self.outcome_and_note = OutcomeAndNote(model)
        self._occupied = self._occupied_part()
        self._empty, self.title, self.hint = self._empty_part()
        self.setLayout(column(self._occupied, self._empty, margin=theme().margin))
        self.setMinimumHeight(1)
        model.changed.connect(self.refresh)
        model.ticked.connect(self._tick)
        self.refresh()

    def _occupied_part(self) -> QWidget:
        inside = QWidget()
        self._hero = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._hero.setSpacing(theme().gap)
        self._hero.addWidget(self.number, 1)
        self._hero.addWidget(self.service)
        self._separator = separator()
        heading = row(self.state, self.precedence, self.language, None, self.since, self.running)
        below = self._separator, self.facts, self.call_sentence, self.outcome_and_note
        self._lines = column(heading, self._hero, *below)
        self._lines.setStretchFactor(self._hero, 1)
        inside.setLayout(self._lines)
        return inside

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        self._fit()
        super().resizeEvent(event)

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """The card takes the room there is: a long sentence must not push the buttons out of the window."""
        return False

    def _empty_part(self) -> tuple[QWidget, QLabel, QLabel]:
        title, hint = label("", "empty", wrap=True), label("", "quiet", wrap=True)
        inside = QWidget()
        inside.setLayout(column(None, title, hint, None))
        return inside, title, hint

    def refresh(self) -> None:
        hall, ticket = self.model.hall, self.model.ticket
        self._occupied.setVisible(ticket is not None)
        self._empty.setVisible(ticket is None)
        if hall and ticket:
            self._show(hall, ticket)
        else:
            self._show_empty()

    def _show(self, hall: Hall, ticket: Ticket) -> None:
        self.state.setText(sentences.ticket_state(ticket.state))
        set_tone(self.state, "good" if ticket.state is TicketState.SERVING else "warning")
        self.since.setText(self._since(ticket))
        self.number.setText(ticket.label)
        self.number.setAccessibleName(self.tr("Customer {0}").format(ticket.label))
        self.service.setText(sentences.service_name(hall, ticket.service))
        self.precedence.setText(sentences.precedence_name(hall, ticket.precedence))
        self.language.setText(own_name(ticket.language))
        set_tone(self.language, "quiet")
        self.facts.setText(self._facts(hall, ticket))
        self.call_sentence.setText(self.model.call_sentence)
        self.setToolTip("\n".join(filter(None, [self.facts.text(), self.model.call_sentence])))
        self._fit()
        self._tick()

    def _fit(self) -> None:
        """A low card puts number and service side by side; a very low one keeps its texts in the tooltip."""
        self.call_sentence.setVisible(bool(self.model.call_sentence))
        self._separator.show()
        self.facts.show()
        self._lay_out_hero(QBoxLayout.Direction.TopToBottom)
        if self._missing_height() + AIR > 0:
            self._lay_out_hero(QBoxLayout.Direction.LeftToRight)
        for part in (self._separator, self.call_sentence, self.facts):
            if self._missing_height() > 0:
                part.hide()

    def _lay_out_hero(self, direction: QBoxLayout.Direction) -> None:
        self._hero.setDirection(direction)
        self._hero.setStretch(1, 1 if direction is QBoxLayout.Direction.LeftToRight else 0)

    def _missing_height(self) -> int:
        """Pixels of height that the card's parts lack; negative if some are left over."""
        self._lines.invalidate()
        margins = 2 * theme().margin
        return self._lines.totalHeightForWidth(self.width() - margins) - (self.height() - margins)

    def _since(self, ticket: Ticket) -> str:
        return self.tr("in service") if ticket.state is TicketState.SERVING else self.tr("since the call")

    def _facts(self, hall: Hall, ticket: Ticket) -> str:
        waited = ((ticket.called_at or now()) - ticket.issued_at).total_seconds()
        contact = " ".join(part for part in (self.model.contact.name, self.model.contact.phone) if part)
        facts = [*([isolated(contact)] if contact else []), self.tr("Waited {0}").format(sentences.duration(waited))]
        if ticket.recalls:
            facts.append(self.tr("recalled %n times", "", ticket.recalls))
        if ticket.started_at and ticket.called_at:
            came_after = (ticket.started_at - ticket.called_at).total_seconds()
            facts.append(self.tr("came after {0}").format(minutes_and_seconds(int(came_after))))
        if ticket.appointed_at:
            facts.append(self.tr("appointment at {0}").format(clock(ticket.appointed_at, hall)))
        if ticket.then:
            to_come = ", ".join(sentences.service_name(hall, service) for service in ticket.then)
            facts.append(self.tr("then: {0}").format(to_come))
        facts += [isolated(f"{note.author}: “{note.text}”") for note in self.model.notes]
        facts += [isolated(f"“{text}”") for text in self.model.unsent_notes]
        return " · ".join(facts)

    def _tick(self) -> None:
        if self.model.ticket is None:
            self._show_empty()
        if self.model.since:
            self.running.setText(minutes_and_seconds(int((now() - self.model.since).total_seconds())))

    def _show_empty(self) -> None:
        title, hint = self._empty_texts()
        self.title.setText(title)
        self.hint.setText(hint)

    def _empty_texts(self) -> tuple[str, str]:
        hall, point = self.model.hall, self.model.point
        if self.model.lost_sentence:
            return self.tr("Somebody else has taken over this service point."), ""
        if point and point.status is PointStatus.INACTIVE:
            return self.tr("This service point is closed"), self.tr("Open it to call customers.")
        if hall and point and point.status is PointStatus.PAUSED:
            return sentences.status_now(hall, point, now()), sentences.pause_hint(hall, point, now())
        waiting = self.model.waiting
        if not waiting:
            return self.tr("Nobody is waiting"), self.tr("As soon as somebody takes a number, you can call them here.")
        longest = max((now() - waits.ticket.issued_at).total_seconds() for waits in waiting)
        return self.tr("Ready"), self.tr("%n people are waiting, the longest for {0}.", "", len(waiting)).format(
            sentences.duration(longest)
        )
