"""The customer at the point: what they and colleagues have said, and what is being written about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from console.desk import Draft
from console.work.drafts import Drafts, Visit
from console.work.holding import Holding
from shared.access.contacts import Contact, ReadContact
from shared.access.work import KeepNote
from shared.hall.errors import Failure
from shared.hall.messages import Note
from shared.hall.values import Ticket
from shared.hall.words import new_id
from shared.ui.station import Station
from shared.ui.words import why_not

KEEP_AFTER = 300
"""Milliseconds within which what is being typed is on this machine's disk."""


class Writing(Holding):
    """``drafts`` outlive a crash: what was being written stands there again beside the same customer."""

    def __init__(self, station: Station, console: str, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(station, console, parent)
        self.notes: list[Note] = []
        """What was written about the customer at the point before."""
        self.contact = Contact()
        """What that customer said about themselves."""
        self._notes_of = ""
        self._note_ids: dict[tuple[str, str], str] = {}
        self._drafts: dict[str, Draft] = {}
        self._kept = drafts
        self._keeping = QTimer(self, interval=KEEP_AFTER, singleShot=True)
        self._keeping.timeout.connect(self._keep)

    @property
    def ticket(self) -> Ticket | None:
        """The customer at the point, as long as it is ours."""
        point = None if self.lost else self.point
        return self.hall.tickets.get(point.ticket) if self.hall and point and point.ticket else None

    # ── what is written ──

    @property
    def draft(self) -> Draft:
        return self._drafts.get(self.ticket.id, Draft()) if self.ticket else Draft()

    def write(self, *, outcome: str | None = None, note: str | None = None, reason: str | None = None) -> None:
        """Keep what was written about the customer at the point until it is sent, and until it can't be taken back."""
        if self.ticket:
            draft = self.draft
            self._drafts[self.ticket.id] = replace(
                draft,
                outcome=draft.outcome if outcome is None else outcome,
                note=draft.note if note is None else note,
                reason=draft.reason if reason is None else reason,
            )
            if not self._keeping.isActive():
                self._keeping.start()

    def keep_note(self, then: Callable[[], object] = lambda: None) -> None:
        """Let the hall have the note now, and not only when the visit goes on or ends; then go on."""
        ticket, text = self.ticket, self.draft.note
        if ticket is None or not text:
            then()
            return

        def kept(_: object) -> None:
            self._ask_for_notes(ticket.id)
            then()

        def failed(failure: Failure) -> None:
            if self.ticket and self.ticket.id == ticket.id and not self.draft.note:
                self.write(note=text)
                self.changed.emit()
            self.say(why_not(failure), refusal=True)
            then()

        self.write(note="")
        self.changed.emit()
        identity = self._note_ids.setdefault((ticket.id, text), new_id())  # a lost answer makes no second note of it
        self.station.request(KeepNote(ticket=ticket.id, text=text, id=identity), kept, failed)

    def erase(self, ticket: str) -> None:
        """This customer wants to be forgotten: so is whatever this machine knows."""
        self._drafts.pop(ticket, None)
        self._kept.forget(ticket)
        if ticket == self._notes_of:
            self._notes_of = ""
            self._look_at_customer()
        self.changed.emit()

    def leave(self) -> None:
        """Work nowhere. What was written stays on this machine until whoever wrote it comes back to the visit."""
        self._keep_now()
        self._drafts = {}
        super().leave()
        self._look_at_customer()

    def _lose(self) -> None:
        self._keep_now()
        super()._lose()

    # ── on this machine's disk ──

    def _keep_now(self) -> None:
        if self._keeping.isActive():
            self._keeping.stop()
            self._keep()

    def _keep(self) -> None:
        if visit := self._visit():
            self._kept.keep(visit, self.draft)

    def _visit(self) -> Visit | None:
        """Whose draft it is, about whom; None while nobody writes about anybody."""
        if self.hall and self.ticket and self.station.actor:
            return Visit(self.hall.id, self.station.actor.name, self.ticket.id)
        return None

    def _resume(self) -> None:
        """What was being written about this customer when the console went down stands there again."""
        if visit := self._visit():
            self._drafts.setdefault(visit.ticket, self._kept.of(visit))
            self._keep()

    # ── down ──

    def _hall_changed(self) -> None:
        if self.hall:
            self._kept.follow(self.hall)
            self._forget_drafts()
        super()._hall_changed()
        self._look_at_customer()

    def _forget_drafts(self) -> None:
        if self.point:
            last = self.point.last.after if self.point.last else ()
            known = {self.point.ticket, *(ticket.id for ticket in last)}
            self._drafts = {ticket: draft for ticket, draft in self._drafts.items() if ticket in known}

    def _look_at_customer(self) -> None:
        """Ask who they are and what colleagues wrote, once for each customer who comes to the point."""
        ticket = self.ticket.id if self.ticket else ""
        if ticket != self._notes_of:
            self._notes_of, self.notes, self.contact = ticket, [], Contact()
            self._resume()
            if ticket:
                self._ask_for_notes(ticket)
                self.station.request(ReadContact(ticket=ticket), lambda contact: self._told(ticket, contact))
            self.changed.emit()

    def _ask_for_notes(self, ticket: str) -> None:
        self.station.notes(ticket, lambda notes: self._noted(ticket, notes))

    def _noted(self, ticket: str, notes: list[Note]) -> None:
        if ticket == self._notes_of:
            self.notes = notes
            self.changed.emit()

    def _told(self, ticket: str, contact: Contact) -> None:
        if ticket == self._notes_of:
            self.contact = contact
            self.changed.emit()
