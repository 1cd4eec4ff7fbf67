"""The notes and contact data of the customer at the point, and the draft of a note: saved, sent and retried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from console.point_state import Draft
from console.work.drafts import ConfirmedNote, DraftedVisit, Drafts
from console.work.parking_reasons import ParkingReasons
from console.work.pending_command import SLOW_AFTER
from console.work.point_occupancy import PointOccupancy
from shared.hall.errors import Failure, Invalid, NotNow, Unknown
from shared.hall.field_types import new_id
from shared.hall.messages import Command, Note
from shared.hall.undo import UndoLast
from shared.hall.units import Milliseconds
from shared.hall.values import Ticket
from shared.requests.contacts import Contact, ReadContact
from shared.requests.specialists import KeepNote
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

SAVE_AFTER: Milliseconds = 300
"""How soon after the first unsaved change a draft is saved on this machine's disk."""

RETRY_AFTER: Milliseconds = 3_000
"""When a note that could not be sent is sent again."""

FINAL = (Unknown, NotNow, Invalid)
"""Refusals of a note that no retry changes; others, such as a session that ended, may pass."""


class VisitNotes(PointOccupancy):
    """A console at a point, with its notes. ``drafts`` outlive a crash: each is shown again beside its customer."""

    def __init__(self, station: Station, console_name: str, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(station, console_name, parent)
        self.notes: list[Note] = []
        """The earlier notes about the customer at the point."""
        self.parking_reasons = ParkingReasons(station, self)
        self.parking_reasons.changed.connect(self.changed)
        self.contact = Contact()
        """The contact data of that customer."""
        self._notes_ticket_id = ""
        self._drafts: dict[str, Draft] = {}
        self._sent_drafts: dict[str, Draft] = {}
        """The draft sent with the last command, by ticket: undoing the command brings it back."""
        self._in_flight: set[str] = set()
        """The ids of the notes on their way to the hall."""
        self._rejected: set[str] = set()
        """The ids of the notes the hall refused for good."""
        self._stored_drafts = drafts
        self._save_timer = QTimer(self, interval=SAVE_AFTER, singleShot=True)
        self._save_timer.timeout.connect(self._save)
        self._unsent_timer = QTimer(self, interval=SLOW_AFTER, singleShot=True)
        self._unsent_timer.timeout.connect(self.changed)
        self._retry_timer = QTimer(self, interval=RETRY_AFTER, singleShot=True)
        self._retry_timer.timeout.connect(self._retry)
        station.reachable_changed.connect(self._retry)

    @property
    def ticket(self) -> Ticket | None:
        """The ticket at the point, as long as the point is ours."""
        point = None if self.lost_sentence else self.point
        return self.hall.tickets.get(point.ticket) if self.hall and point and point.ticket else None

    # ── what is written ──

    @property
    def draft(self) -> Draft:
        return self._drafts.get(self.ticket.id, Draft()) if self.ticket else Draft()

    def write(self, *, outcome: str | None = None, note: str | None = None, reason: str | None = None) -> None:
        """Change the draft about the customer at the point; it is saved shortly after."""
        if self.ticket:
            draft = self.draft
            self._drafts[self.ticket.id] = replace(
                draft,
                outcome=draft.outcome if outcome is None else outcome,
                note=draft.note if note is None else note,
                reason=draft.reason if reason is None else reason,
            )
            if not self._save_timer.isActive():
                self._save_timer.start()

    @property
    def unsent_notes(self) -> list[str]:
        """The confirmed notes about this customer that the hall does not have yet; empty until sending takes long."""
        if self.ticket is None or self._unsent_timer.isActive():
            return []
        unsent = (note for note in self._own_confirmed_notes() if note.id not in self._rejected)
        return [note.text for note in unsent if note.visit.ticket == self.ticket.id]

    @property
    def rejected_notes(self) -> list[ConfirmedNote]:
        """The notes of the person signed in that the hall refused, until each is acknowledged."""
        return [note for note in self._own_confirmed_notes() if note.id in self._rejected]

    def acknowledge(self, note: ConfirmedNote) -> None:
        """Remove a refused note, once its author has read that it is refused."""
        self._stored_drafts.drop_note(note.id)
        self.changed.emit()

    def send_note(self, on_done: Callable[[], object] = lambda: None) -> None:
        """Send the note before the customer leaves; ``on_done`` is called once it is sent or failed, or if none is."""
        ticket, visit, text = self.ticket, self._drafted_visit(), self.draft.note
        if ticket is None or visit is None or not text:
            on_done()
            return
        same = (note for note in self._own_confirmed_notes() if (note.visit, note.text) == (visit, text))
        note = next(same, None) or ConfirmedNote(new_id(), visit, text, ticket.label)
        self._stored_drafts.confirm(note)
        self.write(note="")
        self._save_now()
        self._unsent_timer.start()
        self.changed.emit()
        self._send_confirmed(note, on_done)

    def _own_confirmed_notes(self) -> list[ConfirmedNote]:
        actor = self.station.actor
        return self._stored_drafts.confirmed(self.hall.id, actor.name) if self.hall and actor else []

    def _send_confirmed(self, note: ConfirmedNote, on_done: Callable[[], object] | None = None) -> None:
        """Without ``on_done`` it is a retry: its failure is only shown if the note is back in the draft."""

        def sent(_: object) -> None:
            self._in_flight.discard(note.id)
            self._stored_drafts.drop_note(note.id)
            if note.visit.ticket == self._notes_ticket_id:
                self._read_notes(note.visit.ticket)
            self.changed.emit()
            if on_done:
                on_done()

        def failed(failure: Failure) -> None:
            self._in_flight.discard(note.id)
            self._unsent_timer.stop()
            is_final = isinstance(failure, FINAL)
            is_back = is_final and self._reopen(note)
            if not is_final:
                self._retry_timer.start()
            self.changed.emit()
            if on_done or is_back:
                self.say(refusal_text(failure), refusal=True)
            if on_done:
                on_done()

        self._in_flight.add(note.id)
        self.station.request(KeepNote(ticket=note.visit.ticket, text=note.text, id=note.id), sent, failed)

    def _reopen(self, note: ConfirmedNote) -> bool:
        """Put a refused note back into the draft. Returns False if its customer is not here: it is shown as refused."""
        if self._drafted_visit() != note.visit:
            self._rejected.add(note.id)
            return False
        if note in self._own_confirmed_notes():
            self.write(note=" ".join(filter(None, [note.text, self.draft.note])))
            self._save_now()
            self._stored_drafts.drop_note(note.id)
        return True

    def _retry(self) -> None:
        """Send the unsent notes again, under the same ids: a lost answer makes no second note."""
        if self.station.away_since is None:
            for note in self._own_confirmed_notes():
                if note.id not in self._in_flight | self._rejected:
                    self._send_confirmed(note)

    def _clear_sent_draft(self, command: Command, visit: DraftedVisit | None) -> None:
        """Clear the draft that a command took along; after an undo, bring back the draft of the command before."""
        if isinstance(command, UndoLast):
            self._drafts.update(self._sent_drafts)
            self._save()
        self._sent_drafts = {}
        if hasattr(command, "note") and visit and (draft := self._drafts.pop(visit.ticket, None)):
            self._sent_drafts = {visit.ticket: draft}
            self._stored_drafts.keep(visit, Draft())

    def erase(self, ticket_id: str) -> None:
        """Erase the drafts, notes and parking reason of a ticket from this console; others are read anew."""
        self._drafts.pop(ticket_id, None)
        self._sent_drafts.pop(ticket_id, None)
        self._stored_drafts.forget(ticket_id)
        self.parking_reasons.forget(ticket_id)
        if ticket_id == self._notes_ticket_id:
            self._notes_ticket_id = ""
            self._load_customer()
        self.changed.emit()

    def leave(self) -> None:
        """Work nowhere. Drafts stay on this machine until the visit ends, for when their author comes back to it."""
        self._save_now()
        self._drafts, self._sent_drafts = {}, {}
        super().leave()
        self._load_customer()

    def _lose(self) -> None:
        self._save_now()
        super()._lose()

    # ── on this machine's disk ──

    def _save_now(self) -> None:
        if self._save_timer.isActive():
            self._save_timer.stop()
            self._save()

    def _save(self) -> None:
        if visit := self._drafted_visit():
            self._stored_drafts.keep(visit, self.draft)

    def _drafted_visit(self) -> DraftedVisit | None:
        """The author and ticket of the current draft; None without a customer."""
        if self.hall and self.ticket and self.station.actor:
            return DraftedVisit(self.hall.id, self.station.actor.name, self.ticket.id)
        return None

    def _restore_draft(self) -> None:
        """Show again what was being written about this customer when the console went down."""
        if visit := self._drafted_visit():
            self._drafts.setdefault(visit.ticket, self._stored_drafts.of(visit))
            self._save()

    # ── what the hall tells ──

    def _on_hall_changed(self) -> None:
        if self.hall:
            self._stored_drafts.remove_not_at_a_point(self.hall)
            self._forget_drafts()
        super()._on_hall_changed()
        self._load_customer()

    def _forget_drafts(self) -> None:
        """Drop the drafts in memory but those of this customer and of tickets that an undo may bring back."""
        if self.point:
            last = self.point.last.after if self.point.last else ()
            known = {self.point.ticket, *(ticket.id for ticket in last)}
            self._drafts = {ticket: draft for ticket, draft in self._drafts.items() if ticket in known}

    def _load_customer(self) -> None:
        """Read the contact data and notes when another customer comes to the point, and retry unsent notes."""
        self._retry()
        ticket_id = self.ticket.id if self.ticket else ""
        if ticket_id != self._notes_ticket_id:
            self._notes_ticket_id, self.notes, self.contact = ticket_id, [], Contact()
            self._restore_draft()
            if ticket_id:
                self._read_notes(ticket_id)
                request = ReadContact(ticket=ticket_id)
                self.station.request(request, lambda contact: self._on_contact(ticket_id, contact))
            self.changed.emit()

    def _read_notes(self, ticket_id: str) -> None:
        self.station.notes(ticket_id, lambda notes: self._on_notes(ticket_id, notes))

    def _on_notes(self, ticket_id: str, notes: list[Note]) -> None:
        if ticket_id == self._notes_ticket_id:
            self.notes = notes
            self.changed.emit()

    def _on_contact(self, ticket_id: str, contact: Contact) -> None:
        if ticket_id == self._notes_ticket_id:
            self.contact = contact
            self.changed.emit()
