"""The tabs of the set-up in two rows, since they don't fit beside one another: groups, and the pages of a group."""

from __future__ import annotations

from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from console.controls import column, row
from shared.ui.widget_theme import theme


class TabGroups(QWidget):
    """Follows the pages of a QTabWidget in place of its own bar, which would be too long.

    ``groups`` holds the title of each group of several pages; any other page stands for itself.
    """

    def __init__(self, pages: QTabWidget, groups: dict[str, tuple[QWidget, ...]]) -> None:
        super().__init__()
        self.pages = pages
        self.group_bar, self.page_bar = _bar(), _bar()
        self.group_bar.setAccessibleName(self.tr("Parts of the set-up"))
        self._groups: list[list[int]] = []
        """The indices of each group's pages."""
        self._last: dict[int, int] = {}
        """The page of each group that was open last."""
        self._fill(groups)
        pages.tabBar().hide()
        pages.currentChanged.connect(self.follow)
        self.group_bar.tabBarClicked.connect(self._on_group_clicked)
        self.group_bar.currentChanged.connect(self._on_group_clicked)
        self.page_bar.currentChanged.connect(self._on_page_clicked)
        inside = column(row(self.group_bar, None), row(self.page_bar, None), gap=0)
        inside.setContentsMargins(theme().margin, 0, theme().margin, 0)
        self.setLayout(inside)
        self.follow()

    def _fill(self, groups: dict[str, tuple[QWidget, ...]]) -> None:
        title_of: dict[QWidget | None, str] = {page: title for title, members in groups.items() for page in members}
        indices: dict[str, list[int]] = {}
        for at in range(self.pages.count()):
            indices.setdefault(title_of.get(self.pages.widget(at), self.pages.tabText(at)), []).append(at)
        for title, members in indices.items():
            self.group_bar.addTab(title)
            self._groups.append(members)

    def follow(self) -> None:
        """Show where the pages are, and only those that are visible."""
        page = self.pages.currentIndex()
        group = next(at for at, members in enumerate(self._groups) if page in members)
        self._last[group] = page
        for at, members in enumerate(self._groups):
            self.group_bar.setTabVisible(at, any(map(self.pages.isTabVisible, members)))
        _select(self.group_bar, group)
        self._show_members(group, page)

    def _show_members(self, group: int, page: int) -> None:
        members = [at for at in self._groups[group] if self.pages.isTabVisible(at)]
        self.page_bar.blockSignals(True)
        if members != [self.page_bar.tabData(at) for at in range(self.page_bar.count())]:
            while self.page_bar.count():
                self.page_bar.removeTab(0)
            for at in members:
                self.page_bar.setTabData(self.page_bar.addTab(self.pages.tabText(at)), at)
        self.page_bar.blockSignals(False)
        self.page_bar.setAccessibleName(self.group_bar.tabText(group))
        self.page_bar.setVisible(len(members) > 1)
        if page in members:
            _select(self.page_bar, members.index(page))

    def _on_group_clicked(self, group: int) -> None:
        members = self._groups[group] if group >= 0 else []
        if members and self.pages.currentIndex() not in members:
            self.pages.setCurrentIndex(self._last.get(group, members[0]))
            self.follow()  # a page with something unsaved may have stayed

    def _on_page_clicked(self, at: int) -> None:
        if at >= 0:
            self.pages.setCurrentIndex(self.page_bar.tabData(at))
            self.follow()


def _bar() -> QTabBar:
    bar = QTabBar()
    bar.setDrawBase(False)
    bar.setDocumentMode(True)
    bar.setExpanding(False)
    return bar


def _select(bar: QTabBar, at: int) -> None:
    bar.blockSignals(True)
    bar.setCurrentIndex(at)
    bar.blockSignals(False)
