// The customer's touchscreen: one page at a time, between the hall's name and its languages.
import QtQuick
import NowServing
import NowServing.Kiosk.Core

Window {
    id: root

    required property KioskModel kiosk
    required property real inches

    title: kiosk.hall
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
        LayoutMirroring.enabled: root.kiosk.mirrored
        LayoutMirroring.childrenInherit: true
        Keys.onDownPressed: step(true)
        Keys.onUpPressed: step(false)
        Keys.onRightPressed: step(!root.kiosk.mirrored)
        Keys.onLeftPressed: step(root.kiosk.mirrored)

        Connections {
            target: root.kiosk

            function onBegun(): void {
                nowhere.forceActiveFocus();
                services.beAtTop();
            }
        }

        // Where the focus is while nobody has taken it with a key.
        Item {
            id: nowhere
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
                onChosen: choice => root.kiosk.choose(choice)
            }

            ChoicePage {
                objectName: "precedences"
                anchors.fill: parent
                visible: root.kiosk.page === "precedence"
                title: root.kiosk.chosen
                question: qsTr("Which ticket do you need?")
                tiles: root.kiosk.precedences
                leavable: true
                tallest: Theme.mm(50)
                onChosen: choice => root.kiosk.prefer(choice)
                onTurnedBack: root.kiosk.back()
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
                otherKey: qsTr("Leave it")
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
                objectName: "shut"
                anchors.fill: parent
                visible: root.kiosk.page === "shut"
                picture: "closed"
                title: root.kiosk.chosen
                detail: root.kiosk.shut
                mainKey: qsTr("Back")
                onMain: root.kiosk.back()
            }

            NoticePage {
                objectName: "closed"
                anchors.fill: parent
                visible: root.kiosk.page === "closed"
                picture: "closed"
                title: root.kiosk.closed
                detail: root.kiosk.hours
            }

            NoticePage {
                objectName: "away"
                anchors.fill: parent
                visible: root.kiosk.page === "away"
                picture: root.kiosk.why ? "away" : ""
                title: root.kiosk.why ? qsTr("No numbers here right now") : qsTr("One moment, please.")
                detail: root.kiosk.why
            }
        }

        Rectangle {
            objectName: "asking"
            anchors.centerIn: parent
            width: moment.implicitWidth + Theme.mm(20)
            height: Theme.mm(24)
            radius: Theme.radius
            color: Theme.ink
            visible: root.kiosk.asking

            // Most answers come before anybody could read this.
            SequentialAnimation on opacity {
                running: root.kiosk.asking

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
