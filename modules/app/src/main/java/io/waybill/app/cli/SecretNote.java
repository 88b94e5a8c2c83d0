package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.client.plan.SigningPlan;
import java.io.PrintWriter;

/** Shows a signing secret that was made, in the one answer that ever holds it. */
final class SecretNote {
  private SecretNote() {}

  /** For people. */
  static void print(String label, SigningPlan.NewSecret made, PrintWriter to) {
    to.println();
    to.println(
        "The "
            + made.inWords()
            + " of '"
            + TextTable.plain(label)
            + "', for its receiver"
            + (made.publicKey().isPresent()
                ? ":"
                : " (shown this once, and nowhere kept in clear):"));
    to.println("  " + made.forReceiver());
    to.flush();
  }

  /** For programs. */
  static void put(SigningPlan.NewSecret made, ObjectNode json) {
    json.put(
        made.publicKey().isPresent() ? "signingPublicKey" : "signingSecret", made.forReceiver());
  }
}
