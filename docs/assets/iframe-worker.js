// Browsers start no worker for a page that was opened from a folder, and the search is one. Its script runs in a hidden
// frame then. The generator would fetch such a stand-in from another site.
if (location.protocol === "file:")
  window.Worker = class extends EventTarget {
    onmessage = null
    onerror = null
    constructor(url) {
      super()
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.documentElement.append(this.frame)
      const inside = this.frame.contentWindow
      inside.postMessage = given => {
        const data = structuredClone(given)
        setTimeout(() => this.tell("message", { data }))
      }
      const script = inside.document.createElement("script")
      script.src = new URL(url, location.href).href
      script.onerror = () => this.tell("error", {})
      script.onload = () => {
        const waiting = this.waiting
        this.waiting = null
        waiting.forEach(data => this.postMessage(data))
      }
      inside.document.body.append(script)
    }
    postMessage(given) {
      const data = structuredClone(given)
      if (this.waiting) this.waiting.push(data)
      else setTimeout(() => this.frame.contentWindow?.dispatchEvent(new MessageEvent("message", { data })))
    }
    tell(type, init) {
      const event = new MessageEvent(type, init)
      this["on" + type]?.(event)
      this.dispatchEvent(event)
    }
    terminate() {
      this.frame.remove()
    }
  }
