// Nobody has been called yet: a calm invitation, never a blank screen.
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: welcome

    required property DisplayModel display
    readonly property real textSize: Theme.mm(display.sizes.text)

    Column {
        anchors.centerIn: parent
        width: parent.width - 4 * Theme.mm(welcome.display.sizes.margin)
        spacing: welcome.textSize * 0.5

        Text {
            width: parent.width
            text: welcome.display.hallName ? qsTr("Welcome to %1").arg(welcome.display.hallName) : "Now Serving"
            color: Theme.quietOnNight
            font { pixelSize: welcome.textSize * 0.6; weight: Font.DemiBold }
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            textFormat: Text.PlainText
        }

        Text {
            objectName: "invitation"
            width: parent.width
            text: welcome.display.known ? qsTr("Please take a ticket") : qsTr("One moment, please")
            color: Theme.inkOnNight
            font { pixelSize: welcome.textSize; weight: Font.Bold }
            horizontalAlignment: Text.AlignHCenter
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: welcome.textSize / 2
        }
    }
}
