package io.waybill.client;

import io.waybill.client.plan.SigningPlan;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.util.Optional;

/**
 * A destination as the installation has it now, and the signing secret that was made for it. A
 * class and not a record, which would print that.
 */
public final class SavedDestination {
  private final DestinationId id;
  private final OrganizationId organizationId;
  private final String label;
  private final long version;
  private final Optional<SigningPlan.NewSecret> made;

  SavedDestination(
      DestinationId id,
      OrganizationId organizationId,
      String label,
      long version,
      Optional<SigningPlan.NewSecret> made) {
    this.id = id;
    this.organizationId = organizationId;
    this.label = label;
    this.version = version;
    this.made = made;
  }

  /** What requests name it by. */
  public DestinationId id() {
    return id;
  }

  public OrganizationId organizationId() {
    return organizationId;
  }

  public String label() {
    return label;
  }

  /** 1 when it was created, raised by every change. */
  public long version() {
    return version;
  }

  /**
   * The secret that Waybill made to sign with, for the receiver. This is the only place where it
   * ever stands: it is sealed elsewhere, and cannot be asked for again. Absent when none was made,
   * and for v1a, where the receiver needs {@link #publicKey} only.
   */
  public Optional<String> signingSecret() {
    return made.filter(secret -> secret.publicKey().isEmpty())
        .map(SigningPlan.NewSecret::forReceiver);
  }

  /** The public key ({@code whpk_...}) of the v1a key that Waybill made. */
  public Optional<String> publicKey() {
    return made.flatMap(SigningPlan.NewSecret::publicKey);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "SavedDestination[" + id + ", " + organizationId + ", version " + version + "]";
  }
}
