// The hall's name and the time of day.
import QtQuick
import NowServing
import NowServing.Kiosk.Core

Rectangle {
    id: header

    required property KioskModel kiosk

    height: Theme.mm(19)
    color: Theme.accent

    Text {
        anchors {
            left: parent.left
            right: time.left
            leftMargin: Theme.margin
            rightMargin: Theme.gap
            verticalCenter: parent.verticalCenter
        }
        text: header.kiosk.hall
        color: Theme.inkOnAccent
        font.pixelSize: Theme.largeText
        font.weight: Font.DemiBold
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: Theme.text
        elide: Text.ElideRight
        horizontalAlignment: Text.AlignLeft
    }

    Text {
        id: time

        objectName: "clock"
        anchors { right: parent.right; rightMargin: Theme.margin; verticalCenter: parent.verticalCenter }
        text: header.kiosk.clock
        color: Theme.inkOnAccent
        font.pixelSize: Theme.largeText
        font.weight: Font.DemiBold
        font.features: Theme.figures
    }
}
