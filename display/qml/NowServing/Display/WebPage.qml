// A web page of the playlist, without sound; nobody touches it.
import QtQuick
import QtWebEngine

Item {
    id: page

    property string address

    signal loaded(isGood: bool)

    WebEngineView {
        anchors.fill: parent
        url: page.address
        audioMuted: true
        enabled: false
        settings.showScrollBars: false
        onLoadingChanged: info => {
            if (info.status === WebEngineView.LoadSucceededStatus || info.status === WebEngineView.LoadFailedStatus)
                page.loaded(info.status === WebEngineView.LoadSucceededStatus);
        }
        onRenderProcessTerminated: page.loaded(false)
        onNewWindowRequested: {}
    }
}
