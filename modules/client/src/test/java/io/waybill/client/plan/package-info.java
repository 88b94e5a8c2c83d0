/** Tests of the plans. */
@NullMarked
package io.waybill.client.plan;

import org.jspecify.annotations.NullMarked;
