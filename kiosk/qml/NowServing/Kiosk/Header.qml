// The hall's name and the time of day.
import QtQuick
import NowServing
import NowServing.Kiosk.Core

Rectangle {
    id: header

    required property KioskModel kiosk

    height: Math.max(Theme.mm(19), name.implicitHeight)
    color: Theme.accent

    TextMetrics {
        id: inOneLine

        text: name.text
        font.pixelSize: Theme.largeText
        font.weight: Font.DemiBold
    }

    Lines {
        id: name

        anchors {
            left: parent.left
            right: time.left
            leftMargin: Theme.margin
            rightMargin: Theme.gap
            verticalCenter: parent.verticalCenter
        }
        objectName: "hall"
        text: header.kiosk.hallName
        color: Theme.inkOnAccent
        font.pixelSize: inOneLine.advanceWidth <= width ? Theme.largeText : Theme.text
        font.weight: Font.DemiBold
        maximumLineCount: 3
        elide: Text.ElideRight
    }

    PlainText {
        id: time

        objectName: "clock"
        anchors { right: parent.right; rightMargin: Theme.margin; verticalCenter: parent.verticalCenter }
        text: header.kiosk.clockText
        color: Theme.inkOnAccent
        font.pixelSize: Theme.largeText
        font.weight: Font.DemiBold
        font.features: Theme.figures
    }
}
