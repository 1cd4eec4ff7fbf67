// Shown while there are no calls: an invitation to take a ticket, or why the hall is closed and when it opens.
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: welcome

    required property DisplayModel display
    readonly property real textSize: Theme.mm(display.sizes.text)

    Column {
        anchors.centerIn: parent
        width: parent.width - 4 * Theme.mm(welcome.display.sizes.edge)
        spacing: welcome.height * 0.03

        FittedText {
            objectName: "welcome"
            width: parent.width
            height: Math.min(welcome.height * 0.28, welcome.textSize * 2)
            text: welcome.display.around.welcome
            color: Theme.quietOnNight
            font { pixelSize: welcome.textSize * 0.6; weight: Font.DemiBold }
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignBottom
            minimumPixelSize: welcome.textSize * 0.2
        }

        FittedText {
            objectName: "invitation"
            width: parent.width
            height: Math.min(welcome.height * 0.3, welcome.textSize * 2.5)
            text: welcome.display.around.invitation
            color: Theme.inkOnNight
            font { pixelSize: welcome.textSize; weight: Font.Bold }
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            minimumPixelSize: welcome.textSize * 0.15
        }

        FittedText {
            objectName: "hours"
            width: parent.width
            height: welcome.height * 0.34
            visible: text !== ""
            text: welcome.display.around.openingHours
            color: Theme.quietOnNight
            font { pixelSize: welcome.textSize * 0.5; weight: Font.DemiBold; features: Theme.figures }
            horizontalAlignment: Text.AlignHCenter
            minimumPixelSize: welcome.textSize * 0.1
        }
    }
}
