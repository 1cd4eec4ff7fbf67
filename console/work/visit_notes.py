"""The customer at the point: what they and colleagues have said, and what is being written about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from console.point_state import Draft
from console.work.drafts import Confirmed, DraftedVisit, Drafts
from console.work.parking_reasons import ParkingReasons
from console.work.pending_command import SLOW
from console.work.point_occupancy import PointOccupancy
from shared.access.contacts import Contact, ReadContact
from shared.access.specialists import KeepNote
from shared.hall.errors import Failure, Invalid, NotNow, Unknown
from shared.hall.field_types import new_id
from shared.hall.messages import Command, Note
from shared.hall.undo import UndoLast
from shared.hall.values import Ticket
from shared.ui.refusals import why_not
from shared.ui.station import Station

KEEP_AFTER = 300
"""Milliseconds within which what is being typed is on this machine's disk."""

AGAIN = 3_000
"""Milliseconds until the hall is asked again to keep a note."""

FINAL = (Unknown, NotNow, Invalid)
"""Refusals of a note that no other try changes; whoever is not signed in any more may be again."""


class VisitNotes(PointOccupancy):
    """``drafts`` outlive a crash: what was being written stands there again beside the same customer."""

    def __init__(self, station: Station, console: str, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(station, console, parent)
        self.notes: list[Note] = []
        """What was written about the customer at the point before."""
        self.reasons = ParkingReasons(station, self)
        self.reasons.changed.connect(self.changed)
        self.contact = Contact()
        """What that customer said about themselves."""
        self._notes_of = ""
        self._drafts: dict[str, Draft] = {}
        self._sent: dict[str, Draft] = {}
        """What the last wish took along."""
        self._asked: set[str] = set()
        """The ids of the notes on their way to the hall."""
        self._turned_away: set[str] = set()
        """The ids of those it will never keep."""
        self._kept = drafts
        self._keeping = QTimer(self, interval=KEEP_AFTER, singleShot=True)
        self._keeping.timeout.connect(self._keep)
        self._patience = QTimer(self, interval=SLOW, singleShot=True)
        self._patience.timeout.connect(self.changed)
        self._again = QTimer(self, interval=AGAIN, singleShot=True)
        self._again.timeout.connect(self._try_again)
        station.reachable_changed.connect(self._try_again)

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

    @property
    def not_kept(self) -> list[str]:
        """What was confirmed about this customer and the hall has yet to keep; nothing while that takes a moment."""
        if self.ticket is None or self._patience.isActive():
            return []
        waits = (note for note in self._confirmed() if note.id not in self._turned_away)
        return [note.text for note in waits if note.visit.ticket == self.ticket.id]

    @property
    def turned_away(self) -> list[Confirmed]:
        """What whoever sits here confirmed and the hall will never keep, until they have read so."""
        return [note for note in self._confirmed() if note.id in self._turned_away]

    def have_read(self, note: Confirmed) -> None:
        """Its author knows that the hall does not keep it: now nobody does."""
        self._kept.is_kept(note.id)
        self.changed.emit()

    def keep_note(self, then: Callable[[], object] = lambda: None) -> None:
        """Let the hall have the note now, and not only when the visit goes on or ends; then go on."""
        ticket, visit, text = self.ticket, self._visit(), self.draft.note
        if ticket is None or visit is None or not text:
            then()
            return
        same = (note for note in self._confirmed() if (note.visit, note.text) == (visit, text))
        note = next(same, None) or Confirmed(new_id(), visit, text, ticket.label)
        self._kept.confirm(note)
        self.write(note="")
        self._keep_now()
        self._patience.start()
        self.changed.emit()
        self._ask_to_keep(note, then)

    def _confirmed(self) -> list[Confirmed]:
        actor = self.station.actor
        return self._kept.confirmed(self.hall.id, actor.name) if self.hall and actor else []

    def _ask_to_keep(self, note: Confirmed, then: Callable[[], object] | None = None) -> None:
        """Without ``then`` it is another try, whose failure nobody needs to be told again."""

        def kept(_: object) -> None:
            self._asked.discard(note.id)
            self._kept.is_kept(note.id)
            if note.visit.ticket == self._notes_of:
                self._ask_for_notes(note.visit.ticket)
            self.changed.emit()
            if then:
                then()

        def failed(failure: Failure) -> None:
            self._asked.discard(note.id)
            self._patience.stop()
            is_final = isinstance(failure, FINAL)
            is_back = is_final and self._give_back(note)
            if not is_final:
                self._again.start()
            self.changed.emit()
            if then or is_back:
                self.say(why_not(failure), refusal=True)
            if then:
                then()

        self._asked.add(note.id)
        self.station.request(KeepNote(ticket=note.visit.ticket, text=note.text, id=note.id), kept, failed)

    def _give_back(self, note: Confirmed) -> bool:
        """The hall will never keep it: whoever wrote it may change it, if its customer is here still, or reads so."""
        if self._visit() != note.visit:
            self._turned_away.add(note.id)
            return False
        if note in self._confirmed():
            self.write(note=" ".join(filter(None, [note.text, self.draft.note])))
            self._keep_now()
            self._kept.is_kept(note.id)
        return True

    def _try_again(self) -> None:
        """Let the hall have what it could not be told, under the same id: a lost answer makes no second note."""
        if self.station.away_since is None:
            for note in self._confirmed():
                if note.id not in self._asked | self._turned_away:
                    self._ask_to_keep(note)

    def _took_along(self, wish: Command, visit: DraftedVisit | None) -> None:
        """The hall has what was written with this wish: it stands there again only if the wish is taken back."""
        if isinstance(wish, UndoLast):
            self._drafts.update(self._sent)
            self._keep()
        self._sent = {}
        if hasattr(wish, "note") and visit and (draft := self._drafts.pop(visit.ticket, None)):
            self._sent = {visit.ticket: draft}
            self._kept.keep(visit, Draft())

    def erase(self, ticket: str) -> None:
        """This customer wants to be forgotten: so is whatever this machine knows."""
        self._drafts.pop(ticket, None)
        self._sent.pop(ticket, None)
        self._kept.forget(ticket)
        self.reasons.forget(ticket)
        if ticket == self._notes_of:
            self._notes_of = ""
            self._look_at_customer()
        self.changed.emit()

    def leave(self) -> None:
        """Work nowhere. What was written stays on this machine until whoever wrote it comes back to the visit."""
        self._keep_now()
        self._drafts, self._sent = {}, {}
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

    def _visit(self) -> DraftedVisit | None:
        """Whose draft it is, about whom; None while nobody writes about anybody."""
        if self.hall and self.ticket and self.station.actor:
            return DraftedVisit(self.hall.id, self.station.actor.name, self.ticket.id)
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
        self._try_again()
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
