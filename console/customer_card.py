"""The customer at the point: the number first, then all a specialist wants to know at a glance."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from console import sentences
from console.controls import column, figures, label, row, rule, set_tone
from console.view_model import ConsoleModel, now
from shared.hall.hall import Hall, PointStatus, Ticket, TicketState
from shared.ui.theme import theme
from shared.ui.words import minutes_and_seconds

LARGEST = 2.5
"""Times the theme's number, on a large screen."""


FILL = 0.8
"""How much of its height a number takes; the rest is air."""


class NumberLabel(QLabel):
    """The hero: a number as large as its place allows, however long its prefix is."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme().number // 2)
        self.setMaximumHeight(round(LARGEST * theme().number))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setFont(figures(round(LARGEST * theme().number), bold=True))
        painter.setFont(figures(max(1, int(LARGEST * theme().number * self._shrink(painter.fontMetrics()))), bold=True))
        painter.setPen(QColor(theme().accent))
        baseline = (self.height() + painter.fontMetrics().capHeight()) // 2
        painter.drawText(0, baseline, self.text())
        painter.end()

    def _shrink(self, full: QFontMetrics) -> float:
        """How much smaller than the largest it must be to fit, both ways."""
        wide = self.width() / full.horizontalAdvance(self.text() or "0")
        return min(1.0, wide, FILL * self.height() / full.capHeight())


class CustomerCard(QFrame):
    def __init__(self, model: ConsoleModel) -> None:
        super().__init__()
        self.setProperty("is", "card")
        self.model = model
        self.state = label("", "chip")
        self.since = label("", "quiet")
        self.running = label("", "clock")
        self.number = NumberLabel()
        self.service = label("", "large", wrap=True)
        self.precedence = label("", "chip")
        self.language = label("", "chip")
        self.facts = label("", "quiet", wrap=True)
        self.why = label("", "quiet", wrap=True)
        self._with = self._somebody()
        self._empty, self.title, self.hint = self._nobody()
        self.setLayout(column(self._with, self._empty, margin=theme().margin))
        model.changed.connect(self.refresh)
        model.ticked.connect(self._tick)
        self.refresh()

    def _somebody(self) -> QWidget:
        inside = QWidget()
        lines = column(
            row(self.state, None, self.since, self.running),
            self.number,
            self.service,
            row(self.precedence, self.language, None),
            rule(),
            self.facts,
            self.why,
            None,
        )
        lines.setStretch(1, 100)
        inside.setLayout(lines)
        return inside

    def _nobody(self) -> tuple[QWidget, QLabel, QLabel]:
        title, hint = label("", "empty", wrap=True), label("", "quiet", wrap=True)
        inside = QWidget()
        inside.setLayout(column(None, title, hint, None))
        return inside, title, hint

    def refresh(self) -> None:
        hall, ticket = self.model.hall, self.model.ticket
        self._with.setVisible(ticket is not None)
        self._empty.setVisible(ticket is None)
        if hall and ticket:
            self._show(hall, ticket)
        else:
            self._show_nobody()

    def _show(self, hall: Hall, ticket: Ticket) -> None:
        self.state.setText(sentences.ticket_state(ticket.state))
        set_tone(self.state, "good" if ticket.state is TicketState.SERVING else "warning")
        self.since.setText(self._since(ticket))
        self.number.setText(ticket.label)
        self.number.setAccessibleName(self.tr("Customer {0}").format(ticket.label))
        self.service.setText(sentences.service_name(hall, ticket.service))
        self.precedence.setText(sentences.precedence_name(hall, ticket.precedence))
        self.language.setText(sentences.language_name(ticket.language))
        set_tone(self.language, "quiet")
        self.facts.setText(self._facts(ticket))
        self.why.setText(self.model.why)
        self.why.setVisible(bool(self.model.why))
        self._tick()

    def _since(self, ticket: Ticket) -> str:
        return self.tr("in service") if ticket.state is TicketState.SERVING else self.tr("since the call")

    def _facts(self, ticket: Ticket) -> str:
        waited = ((ticket.called_at or now()) - ticket.issued_at).total_seconds()
        facts = [self.tr("Waited {0}").format(sentences.minutes(waited))]
        if ticket.recalls:
            facts.append(self.tr("recalled %n times", "", ticket.recalls))
        if ticket.started_at and ticket.called_at:
            came = (ticket.started_at - ticket.called_at).total_seconds()
            facts.append(self.tr("came after {0}").format(minutes_and_seconds(int(came))))
        return " · ".join(facts)

    def _tick(self) -> None:
        if self.model.since:
            self.running.setText(minutes_and_seconds(int((now() - self.model.since).total_seconds())))

    def _show_nobody(self) -> None:
        title, hint = self._nobody_words()
        self.title.setText(title)
        self.hint.setText(hint)

    def _nobody_words(self) -> tuple[str, str]:
        point = self.model.point
        if point and point.status is PointStatus.INACTIVE:
            return self.tr("This service point is closed"), self.tr("Open it, and you can call.")
        if point and point.status is PointStatus.PAUSED:
            return self.tr("Paused"), self.tr("Nobody is called here until you resume.")
        waiting = self.model.waiting
        if not waiting:
            return self.tr("Nobody waits"), self.tr("The next customer appears here by themselves.")
        longest = max((now() - waits.ticket.issued_at).total_seconds() for waits in waiting)
        return self.tr("Ready"), self.tr("%n people wait, the longest for {0}.", "", len(waiting)).format(
            sentences.minutes(longest)
        )
