package io.waybill.app.cli;

import io.waybill.domain.FieldError;
import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Words for people. */
final class Messages {
  private Messages() {}

  /** What an exception says, in one line. */
  static String of(Throwable e) {
    if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message).strip();
  }

  /** One line for each wrong field, with its code. */
  static String of(List<FieldError> errors) {
    StringBuilder lines = new StringBuilder();
    for (FieldError error : errors) {
      lines
          .append(System.lineSeparator())
          .append("  ")
          .append(TextTable.plain(error.toString()))
          .append(" [")
          .append(error.code())
          .append(']');
    }
    return lines.toString();
  }
}
