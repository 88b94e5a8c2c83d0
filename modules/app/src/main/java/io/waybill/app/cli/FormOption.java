package io.waybill.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/**
 * {@code --output} of commands whose results have no ids: {@code table} or {@code json}. Public for
 * commands of other packages, which add it with {@code @Mixin}.
 */
public final class FormOption {
  /** The values of the option. */
  enum Form {
    /** For people. */
    TABLE,
    /** For programs. */
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = {"-o", "--output"},
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Form form;

  /** Prints for people unless JSON is asked for. */
  public FormOption() {
    this(Form.TABLE);
  }

  FormOption(Form unlessAsked) {
    this.form = unlessAsked;
  }

  /** Whether JSON is wanted. */
  public boolean isJson() {
    return form == Form.JSON;
  }

  /** Prints the one or the other; only that one is made. */
  public void print(PrintWriter out, Supplier<? extends JsonNode> json, Runnable table) {
    switch (form) {
      case JSON -> Json.print(json.get(), out);
      case TABLE -> table.run();
    }
    out.flush();
  }
}
