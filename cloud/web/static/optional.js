// Pictures that may not be there: where one cannot be loaded its place is closed.

const OPTIONAL = "img[data-optional]";

export function hideMissing(root) {
  root.addEventListener("error", ({ target }) => target.matches?.(OPTIONAL) && target.remove(), true);
  for (const picture of root.querySelectorAll(OPTIONAL)) {
    // It may have failed before anybody listened: ask again.
    if (picture.complete && !picture.naturalWidth) picture.src = picture.src;
  }
}
