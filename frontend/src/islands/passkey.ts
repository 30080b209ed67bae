/** A browser without passkeys is not offered one; a device that says no is told of in words. */
export function installPasskey(root: Document): void {
  const part = root.querySelector("[data-passkey]");
  if (!part) return;
  if (!("PublicKeyCredential" in window)) {
    part.setAttribute("hidden", ""); // allauth's own script still looks for what is in it
    return;
  }
  root.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // else it is written to the console as a fault
    root.querySelector("[data-passkey-no]")?.removeAttribute("hidden");
  });
}
