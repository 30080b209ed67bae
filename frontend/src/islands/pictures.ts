/* A picture from a camera is far too large for a mail. A file field marked data-shrinks makes it as small
   as letters take it, before it is sent; what cannot be read as a picture is sent as it is, and the
   server says what is wrong with it. */

const WIDEST = 1200; // pixels: twice the width of a letter, for sharp screens
const HIGHEST = 2000;
const LARGEST = 290_000; // bytes
const QUALITIES = [0.85, 0.7, 0.5];

async function smaller(file: File): Promise<File> {
  const picture = await createImageBitmap(file); // turned as the camera was held
  const scale = Math.min(1, WIDEST / picture.width, HIGHEST / picture.height);
  if (scale === 1 && file.size <= LARGEST) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const paper = canvas.getContext("2d");
  if (paper === null) return file;
  paper.fillStyle = "#ffffff"; // a JPEG knows no holes
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (made !== null && made.size <= LARGEST) return new File([made], file.name, { type: "image/jpeg" });
  }
  return file;
}

async function shrink(field: HTMLInputElement): Promise<void> {
  const file = field.files?.[0];
  if (file === undefined) return;
  const buttons = field.form?.querySelectorAll<HTMLButtonElement>("button:not([disabled])") ?? [];
  buttons.forEach((button) => (button.disabled = true));
  try {
    const made = await smaller(file);
    if (made === file || field.files?.[0] !== file) return;
    const chosen = new DataTransfer();
    chosen.items.add(made);
    field.files = chosen.files;
  } catch {
    return; // no picture that this browser can read
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

export function installPictures(page: Document): void {
  page.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.matches("[data-shrinks]")) void shrink(field);
  });
}
