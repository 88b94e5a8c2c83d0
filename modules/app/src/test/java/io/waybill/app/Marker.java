package io.waybill.app;

import io.waybill.channel.contract.Forms;
import java.util.UUID;

/** A text that occurs nowhere else, to be looked for in every form that a leak may give it. */
final class Marker {
  private final String meaning;
  private final String text;
  private final Forms forms;

  private Marker(String meaning, String text, Forms forms) {
    this.meaning = meaning;
    this.text = text;
    this.forms = forms;
  }

  Marker(String meaning) {
    this(meaning, UUID.randomUUID().toString().replace("-", ""));
  }

  /** One that was made elsewhere, of letters and digits. */
  Marker(String meaning, String text) {
    this(meaning, text, Forms.of(text));
  }

  /** Bytes that are no text, as keys are. */
  static Marker ofBytes(String meaning, byte[] bytes) {
    return new Marker(meaning, meaning, Forms.of(bytes));
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
