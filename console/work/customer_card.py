"""The customer at the point: the number first, then all a specialist wants to know at a glance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QSizePolicy, QWidget

from console import sentences
from console.controls import column, figures, label, row, rule, set_tone
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
"""Times the theme's number, on a large screen."""


FILL = 0.8
"""How much of its height a number takes; the rest is air."""

AIR = 50
"""Pixels by which a number must be able to grow, or it has its service beside it and no longer below."""


class NumberLabel(QLabel):
    """The hero: a number as large as its place allows, however long its prefix is."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
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
    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.setProperty("is", "card")
        self.model = model
        self.state = label("", "chip")
        self.since = label("", "quiet")
        self.running = label("", "clock")
        self.number = NumberLabel()
        self.service = ElidingLabel("large", most=3)
        self.precedence = ElidingLabel("chip")
        self.language = label("", "chip")
        self.facts = ElidingLabel(most=2)
        self.why = ElidingLabel(most=3)
        self.visit = OutcomeAndNote(model)
        self._with = self._somebody()
        self._empty, self.title, self.hint = self._nobody()
        self.setLayout(column(self._with, self._empty, margin=theme().margin))
        self.setMinimumHeight(1)
        model.changed.connect(self.refresh)
        model.ticked.connect(self._tick)
        self.refresh()

    def _somebody(self) -> QWidget:
        inside = QWidget()
        self._hero = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._hero.setSpacing(theme().gap)
        self._hero.addWidget(self.number, 1)
        self._hero.addWidget(self.service)
        self._rule = rule()
        heading = row(self.state, self.precedence, self.language, None, self.since, self.running)
        self._lines = column(heading, self._hero, self._rule, self.facts, self.why, self.visit)
        self._lines.setStretchFactor(self._hero, 1)
        inside.setLayout(self._lines)
        return inside

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        self._fit()
        super().resizeEvent(event)

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """The card takes the room there is: a long sentence in it does not push the keys out of the window."""
        return False

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
        self.language.setText(own_name(ticket.language))
        set_tone(self.language, "quiet")
        self.facts.setText(self._facts(hall, ticket))
        self.why.setText(self.model.why)
        self.setToolTip("\n".join(filter(None, [self.facts.text(), self.model.why])))
        self._fit()
        self._tick()

    def _fit(self) -> None:
        """A low card keeps everything by putting it side by side; a very low one keeps the words in a tip."""
        self.why.setVisible(bool(self.model.why))
        self._rule.show()
        self.facts.show()
        self._stand(QBoxLayout.Direction.TopToBottom)
        if self._lacks() + AIR > 0:
            self._stand(QBoxLayout.Direction.LeftToRight)
        for least in (self._rule, self.why, self.facts):
            if self._lacks() > 0:
                least.hide()

    def _stand(self, direction: QBoxLayout.Direction) -> None:
        self._hero.setDirection(direction)
        self._hero.setStretch(1, 1 if direction is QBoxLayout.Direction.LeftToRight else 0)

    def _lacks(self) -> int:
        """Pixels it would need beyond its height."""
        self._lines.invalidate()
        margins = 2 * theme().margin
        return self._lines.totalHeightForWidth(self.width() - margins) - (self.height() - margins)

    def _since(self, ticket: Ticket) -> str:
        return self.tr("in service") if ticket.state is TicketState.SERVING else self.tr("since the call")

    def _facts(self, hall: Hall, ticket: Ticket) -> str:
        waited = ((ticket.called_at or now()) - ticket.issued_at).total_seconds()
        said = " ".join(part for part in (self.model.contact.name, self.model.contact.phone) if part)
        facts = [*([isolated(said)] if said else []), self.tr("Waited {0}").format(sentences.minutes(waited))]
        if ticket.recalls:
            facts.append(self.tr("recalled %n times", "", ticket.recalls))
        if ticket.started_at and ticket.called_at:
            came = (ticket.started_at - ticket.called_at).total_seconds()
            facts.append(self.tr("came after {0}").format(minutes_and_seconds(int(came))))
        if ticket.appointed_at:
            facts.append(self.tr("appointment at {0}").format(clock(ticket.appointed_at, hall)))
        if ticket.then:
            to_come = ", ".join(sentences.service_name(hall, service) for service in ticket.then)
            facts.append(self.tr("then: {0}").format(to_come))
        facts += [isolated(f"{note.author}: “{note.text}”") for note in self.model.notes]
        facts += [isolated(f"“{text}”") for text in self.model.not_kept]
        return " · ".join(facts)

    def _tick(self) -> None:
        if self.model.ticket is None:
            self._show_nobody()
        if self.model.since:
            self.running.setText(minutes_and_seconds(int((now() - self.model.since).total_seconds())))

    def _show_nobody(self) -> None:
        title, hint = self._nobody_words()
        self.title.setText(title)
        self.hint.setText(hint)

    def _nobody_words(self) -> tuple[str, str]:
        point = self.model.point
        if self.model.lost:
            return self.tr("Somebody else has taken over this service point."), ""
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
