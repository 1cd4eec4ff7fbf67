// The customer's touchscreen: one page at a time, between the header and the language keys.
import QtQuick
import NowServing
import NowServing.Kiosk.Core

Window {
    id: root

    required property KioskModel kiosk
    required property real inches

    title: kiosk.hallName
    color: Theme.ground
    onWidthChanged: Theme.fit(width, height, inches)
    onHeightChanged: Theme.fit(width, height, inches)
    Component.onCompleted: Theme.fit(width, height, inches)

    Binding {
        target: Theme
        property: "accent"
        value: Theme.readable(root.kiosk.accent)
    }

    FocusScope {
        id: screen

        function step(forward: bool): void {
            const next = (root.activeFocusItem ?? screen).nextItemInFocusChain(forward);
            if (next)
                next.forceActiveFocus(Qt.TabFocusReason);
        }

        anchors.fill: parent
        focus: true
        LayoutMirroring.enabled: root.kiosk.rightToLeft
        LayoutMirroring.childrenInherit: true
        Keys.onDownPressed: step(true)
        Keys.onUpPressed: step(false)
        Keys.onRightPressed: step(!root.kiosk.rightToLeft)
        Keys.onLeftPressed: step(root.kiosk.rightToLeft)

        Connections {
            target: root.kiosk

            function onStartedOver(): void {
                noFocus.forceActiveFocus();
                services.scrollToTop();
            }
        }

        // Holds the focus until somebody uses the keyboard.
        Item {
            id: noFocus
        }

        Header {
            id: header

            anchors { left: parent.left; right: parent.right; top: parent.top }
            kiosk: root.kiosk
        }

        Item {
            id: pages

            anchors {
                left: parent.left
                right: parent.right
                top: header.bottom
                bottom: languages.visible ? languages.top : parent.bottom
                leftMargin: Math.round(Theme.margin)  // a list that is clipped between pixels loses one of its borders
                rightMargin: Math.round(Theme.margin)
                topMargin: Theme.mm(7)
                bottomMargin: Theme.mm(5)
            }

            ChoicePage {
                id: services

                objectName: "services"
                anchors.fill: parent
                visible: root.kiosk.page === "services"
                title: qsTr("Touch a service to take a number")
                tiles: root.kiosk.services
                onChosen: choice => root.kiosk.choose_service(choice)
            }

            ChoicePage {
                objectName: "precedences"
                anchors.fill: parent
                visible: root.kiosk.page === "precedence"
                title: root.kiosk.chosenService
                question: qsTr("Which ticket do you need?")
                tiles: root.kiosk.precedences
                canGoBack: true
                tallestTile: Theme.mm(50)
                onChosen: choice => root.kiosk.choose_precedence(choice)
                onBack: root.kiosk.back()
            }

            TicketPage {
                objectName: "ticket"
                anchors.fill: parent
                visible: root.kiosk.page === "ticket"
                kiosk: root.kiosk
            }

            NoticePage {
                objectName: "unreachable"
                anchors.fill: parent
                visible: root.kiosk.page === "unreachable"
                picture: "away"
                title: qsTr("Please try again")
                detail: root.kiosk.visit.problem
                mainKey: qsTr("Try again")
                otherKey: qsTr("Cancel")
                onMain: root.kiosk.retry()
                onOther: root.kiosk.done()
            }

            NoticePage {
                objectName: "refused"
                anchors.fill: parent
                visible: root.kiosk.page === "refused"
                picture: "notice"
                title: qsTr("No ticket this time")
                detail: root.kiosk.visit.problem
                mainKey: qsTr("Back")
                onMain: root.kiosk.done()
            }

            NoticePage {
                objectName: "service-closed"
                anchors.fill: parent
                visible: root.kiosk.page === "service-closed"
                picture: "closed"
                title: root.kiosk.chosenService
                detail: root.kiosk.serviceClosedReason
                mainKey: qsTr("Back")
                onMain: root.kiosk.back()
            }

            NoticePage {
                objectName: "hall-closed"
                anchors.fill: parent
                visible: root.kiosk.page === "hall-closed"
                picture: "closed"
                title: root.kiosk.hallClosedReason
                detail: root.kiosk.openingHours
            }

            NoticePage {
                objectName: "unavailable"
                anchors.fill: parent
                visible: root.kiosk.page === "unavailable"
                picture: root.kiosk.unavailableReason ? "away" : ""
                title: root.kiosk.unavailableReason ? qsTr("No numbers here right now") : qsTr("One moment, please.")
                detail: root.kiosk.unavailableReason
            }
        }

        Rectangle {
            objectName: "waits for hall"
            anchors.centerIn: parent
            width: moment.implicitWidth + Theme.mm(20)
            height: Theme.mm(24)
            radius: Theme.radius
            color: Theme.ink
            visible: root.kiosk.waitsForHall

            // Shown late: most answers come before anybody could read this.
            SequentialAnimation on opacity {
                running: root.kiosk.waitsForHall

                PropertyAction { value: 0 }
                PauseAnimation { duration: Theme.pulse }
                NumberAnimation { to: 1; duration: Theme.quick }
            }

            PlainText {
                id: moment

                anchors.centerIn: parent
                text: qsTr("One moment, please.")
                color: Theme.inkOnNight
                font.pixelSize: Theme.largeText
            }
        }

        LanguageKeys {
            id: languages

            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            visible: root.kiosk.languages.length > 1 && root.kiosk.page !== "ticket"
            kiosk: root.kiosk
        }
    }
}
