package io.waybill.secrets;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.util.List;
import java.util.Optional;

/**
 * Seals anew, with the keyset's primary key and as seals are bound now, what an older key or an
 * older version sealed, so that the older key can be given up. The value stays, and with it the
 * fingerprint. Safe to share between threads.
 */
public final class Resealer {
  private final Keyset keyset;
  private final Opener opener;
  private final Sealer sealer;

  public Resealer(Keyset keyset) {
    this.keyset = keyset;
    this.opener = new Opener(keyset);
    this.sealer = new Sealer(keyset);
  }

  /** Whether the primary key sealed it, for one place, as far as can be told from outside. */
  public boolean isCurrent(SealedField field) {
    return field.binding() == SealedField.TO_PLACE
        && Opener.keyId(field).filter(id -> id == keyset.primaryId()).isPresent();
  }

  /**
   * The field under the primary key; itself when it is so already.
   *
   * @param config the destination's: what was sealed for another place does not open
   * @return nothing when it cannot be opened: its key is not here, or it was altered
   */
  public Optional<SealedField> reseal(
      OrganizationId organization,
      DestinationId destination,
      DestinationConfig config,
      SealedField field) {
    if (isCurrent(field)) {
      return Optional.of(field);
    }
    DestinationSecrets one = new DestinationSecrets(destination, organization, 0, List.of(field));
    if (!(opener.open(one, config) instanceof Opening.Opened opened)) {
      return Optional.empty();
    }
    try (opened) {
      return Optional.ofNullable(opened.secrets().get(field.name()))
          .map(value -> sealer.seal(organization, destination, config, field.name(), value));
    }
  }
}
