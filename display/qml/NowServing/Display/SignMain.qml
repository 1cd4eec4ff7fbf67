// A sign: one service point, or several side by side.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Display.Models

Window {
    id: root

    required property SignGrid grid

    function fit(): void {
        Theme.fit(width, height, grid.inches);
    }

    width: 1280
    height: 800
    color: Theme.night
    title: qsTr("Sign over a service point")
    onWidthChanged: fit()
    onHeightChanged: fit()
    Component.onCompleted: fit()

    Item {
        anchors.fill: parent
        LayoutMirroring.enabled: root.grid.rightToLeft
        LayoutMirroring.childrenInherit: true

        Grid {
            id: points

            readonly property real freeHeight: parent.height - (notice.visible ? notice.height + 2 * notice.anchors.margins : 0)

            anchors { left: parent.left; right: parent.right; top: parent.top }
            columns: root.grid.columnsIn(root.width, root.height)

            Repeater {
                model: root.grid.signs

                SignTile {
                    required property SignModel modelData

                    sign: modelData
                    width: points.width / points.columns
                    height: points.freeHeight / Math.ceil(root.grid.signs.length / points.columns)
                }
            }
        }

        PlainText {
            id: notice

            readonly property real size: Math.max(Theme.text * 0.7, Math.min(root.width, root.height) * 0.035)

            objectName: "outageNotice"
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: size * 0.4 }
            text: root.grid.outageNotice
            visible: text !== ""
            color: Theme.call
            font.pixelSize: size
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }
    }
}
