// The calls: the newest one largest, the others below it, in columns where there is room for several.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing.Display.Models

// Not a positioner: one transition would interrupt another and leave its row half-way.
Item {
    id: calls

    required property DisplayModel display

    Repeater {
        model: calls.display.calls
        delegate: CallRow {
            display: calls.display
        }
    }
}
