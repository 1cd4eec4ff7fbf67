// Any text on a screen. Always plain: names come from people, and Text itself takes what looks like markup for markup.
import QtQuick

Text {
    textFormat: Text.PlainText
}
