package io.waybill.app.cli;

import java.util.Locale;

/** How results are printed: the values of {@code --output}. */
enum Output {
  /** For people. */
  TABLE,
  /** For programs. */
  JSON,
  /** Ids alone, one a line, for scripts. */
  ID;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
