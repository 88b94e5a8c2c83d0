package io.waybill.domain;

/**
 * The forms of ids. Plain loops: several ids are checked for every record that is read, and regular
 * expressions were a twentieth of a sender's time.
 */
final class IdForms {
  private IdForms() {}

  /** 1 to {@code longest} characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or digit. */
  static boolean isName(String value, int longest) {
    int length = value.length();
    if (length == 0 || length > longest || !isLetterOrDigit(value.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = value.charAt(i);
      if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /** So many lower-case hexadecimal digits. */
  static boolean isLowerHex(String value, int length) {
    if (value.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** The canonical form of a UUID, 36 characters, in upper or lower case. */
  static boolean isUuid(String value) {
    if (value.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      char c = value.charAt(i);
      boolean isHyphenPlace = i == 8 || i == 13 || i == 18 || i == 23;
      if (isHyphenPlace ? c != '-' : !isHexDigit(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean isHexDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}
