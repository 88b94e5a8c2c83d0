package io.waybill.channel.email;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** A word that stands for a patient, and the search for it in whatever a mail can hide it in. */
final class Marker {
  /** Of letters, digits and hyphens, which quoted-printable leaves alone. */
  static final String PHI = "PHI-Jane-Doe-1961-MRN-4711";

  private Marker() {}

  /** Whether a raw mail holds it: in clear, quoted-printable, base64 at any offset, or hex. */
  static boolean isIn(String raw) {
    String lower = raw.toLowerCase(Locale.ROOT);
    String word = PHI.toLowerCase(Locale.ROOT);
    String hex = HexFormat.of().formatHex(PHI.getBytes(StandardCharsets.UTF_8));
    // As one line, however its lines were broken.
    String joined = lower.replace("=\r\n", "").replaceAll("\\s", "");
    return lower.contains(word)
        || joined.contains(word)
        || joined.contains(hex)
        || isInBase64(raw.replaceAll("\\s", ""));
  }

  private static boolean isInBase64(String joined) {
    byte[] word = PHI.getBytes(StandardCharsets.UTF_8);
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = new byte[offset + word.length];
      System.arraycopy(word, 0, shifted, offset, word.length);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      // Without the characters that its neighbours have a part in.
      int from = offset == 0 ? 0 : offset + 1;
      int to = shifted.length * 8 / 6;
      if (joined.contains(encoded.substring(from, to))) {
        return true;
      }
    }
    return false;
  }

  /** An envelope with a byte of its tag changed: its content is whole, and not to be believed. */
  static byte[] withItsTagChanged(byte[] cms) {
    // Behind the tag stand three ends of contents, of two bytes each.
    int tag = cms.length - 3 * 2 - 16;
    if (cms[tag - 2] != 0x04 || cms[tag - 1] != 16) {
      throw new IllegalStateException("no tag stands where it was thought to stand");
    }
    return withOneByteChanged(cms, tag + 5);
  }

  /** The bytes with one of them changed. */
  static byte[] withOneByteChanged(byte[] bytes, int at) {
    byte[] changed = Arrays.copyOf(bytes, bytes.length);
    changed[at] ^= 1;
    return changed;
  }
}
