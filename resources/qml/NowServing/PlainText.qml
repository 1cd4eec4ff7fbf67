// Any text on a screen, never as markup: names come from people, and Text renders what looks like HTML.
import QtQuick

Text {
    textFormat: Text.PlainText
}
