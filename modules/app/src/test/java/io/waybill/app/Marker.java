package io.waybill.app;

import io.waybill.channel.contract.Forms;
import java.util.UUID;

/** A text that occurs nowhere else, to be looked for in every form that a leak may give it. */
final class Marker {
  private final String meaning;
  private final String text = UUID.randomUUID().toString().replace("-", "");
  private final Forms forms = Forms.of(text);

  Marker(String meaning) {
    this.meaning = meaning;
  }

  String text() {
    return text;
  }

  boolean isIn(String haystack) {
    return forms.areIn(haystack);
  }

  /** What it stands for: failures of a test must not print more. */
  @Override
  public String toString() {
    return meaning;
  }
}
