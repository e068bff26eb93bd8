import { type Layout, layout } from "./wire-layout.ts";

const contract = "conId:int symbol:word secType:word lastTradeDate:text strike:";
const contractEnd = "currency:word localSymbol:word tradingClass:word";
const orderPrices =
  "lmtPrice:java auxPrice:java tif:word ocaGroup:text account:account openClose:none origin:=0";

/** Gateway to client, server versions 151 to 178: message id → layout. */
export const wireMessages: ReadonlyMap<number, { readonly name: string; readonly layout: Layout }> = new Map(
  (
    [
      [1, "tickPrice", "=1 =6 reqId:int tickType:int price:number size:number attributes:int"],
      [2, "tickSize", "=2 =6 reqId:int tickType:int size:number"],
      [
        3,
        "orderStatus",
        `=3 orderId:int status:word filled:number remaining:number averagePrice:number permId:int parentId:int
        lastFillPrice:number clientId:int whyHeld:text mktCapPrice:number`,
      ],
      [4, "error", "=4 =2 id:int code:int text:word 166-/advancedReject:none"],
      [
        5,
        "openOrder",
        `=5 orderId:int ${contract}int right:=?|=0|none multiplier:int|none exchange:word ${contractEnd}
        action:=BUY|=SELL quantity:number orderType:word ${orderPrices} orderRef:text clientId:int permId:int outsideRth:bool
        hidden:=0 discretionaryAmount:=0 goodAfterTime:text sharesAllocation:word faGroup:none faMethod:none faPercentage:none
        -176/faProfile:none modelCode:text goodTillDate:text rule80A:none percentOffset:none settlingFirm:none
        shortSaleSlot:=0 designatedLocation:none exemptCode:=-1 auctionStrategy:=0 startingPrice:none stockRefPrice:none
        delta:none stockRangeLower:none stockRangeUpper:none displaySize:noInt blockOrder:=0 sweepToFill:=0 allOrNone:=0
        minQty:none ocaType:int eTradeOnly:=0 firmQuoteOnly:=0 nbboPriceCap:none parentId:int triggerMethod:int
        volatility:none volatilityType:=0 deltaNeutralOrderType:=None deltaNeutralAuxPrice:none conId:=0 settlingFirm:none
        clearingAccount:none clearingIntent:none openClose:=? shortSale:=0 shortSaleSlot:=0 designatedLocation:none
        continuousUpdate:=0 referencePriceType:=0 trailStopPrice:java|none trailingPercent:java|none basisPoints:none
        basisPointsType:none comboLegsDescription:none comboLegs:=0 orderComboLegs:=0 smartComboRoutingParams:=0
        scaleInitLevelSize:noInt scaleSubsLevelSize:noInt scalePriceIncrement:none hedgeType:none optOutSmartRouting:=0
        clearingAccount:none clearingIntent:=IB notHeld:=0 deltaNeutralContract:=0 algoStrategy:text
        ?( *( tag:word value:word ) ) solicited:=0 whatIf:bool status:word
        initMarginBefore:noNumber|java maintMarginBefore:noNumber|java equityBefore:noNumber|java
        initMarginChange:noNumber|java maintMarginChange:noNumber|java equityChange:noNumber|java
        initMarginAfter:noNumber|java maintMarginAfter:noNumber|java equityAfter:noNumber|java
        commission:java|noNumber|none minCommission:java|noNumber|none maxCommission:java|noNumber|none
        commissionCurrency:text warning:text
        randomizeSize:=0 randomizePrice:=0 conditions:=0 adjustedOrderType:=None triggerPrice:noNumber
        trailStopPrice:java|noNumber lmtPriceOffset:java|noNumber adjustedStopPrice:noNumber
        adjustedStopLimitPrice:noNumber adjustedTrailingAmount:noNumber adjustableTrailingUnit:=0 softDollarTier:none
        softDollarValue:none softDollarDisplayName:none cashQty:=0 dontUseAutoPriceForHedge:=1 isOmsContainer:=0
        discretionaryUpToLimitPrice:=0 usePriceMgmtAlgo:=0 158-/duration:none 160-/postToAts:none
        162-/autoCancelParent:=0 170-/minTradeQty:none 170-/minCompeteSize:=100 170-/competeAgainstBestOffset:=0.02
        170-/midOffsetAtWhole:none 170-/midOffsetAtHalf:none`,
      ],
      [6, "updateAccountValue", "=6 =2 key:word value:text currency:text account:account"],
      [
        7,
        "updatePortfolio",
        `=7 =8 ${contract}number right:text multiplier:text primaryExchange:word ${contractEnd} position:number
        marketPrice:number marketValue:number averageCost:number unrealized:number realized:number account:account`,
      ],
      [8, "updateAccountTime", "=8 =1 at:clock"],
      [9, "nextValidId", "=9 =1 orderId:int"],
      [
        10,
        "contractData",
        `=10 -163/=8 reqId:int symbol:word secType:word lastTradeDate:text strike:number right:text exchange:text
        currency:word localSymbol:word marketName:word tradingClass:word conId:int minTick:number
        -163/mdSizeMultiplier:int multiplier:int|none orderTypes:list validExchanges:list priceMagnifier:int underConId:int
        longName:word primaryExchange:text contractMonth:text industry:text category:text subcategory:text timeZoneId:zone
        tradingHours:hours liquidHours:hours evRule:text evMultiplier:text *( tag:word value:word ) aggregatedGroup:int
        underSymbol:text underSecType:text marketRuleIds:ids realExpirationDate:text 152-/stockType:text
        163-163/sizeMinTick:number 164-/minSize:number 164-/sizeIncrement:number 164-/suggestedSizeIncrement:number`,
      ],
      [
        11,
        "execDetails",
        `=11 reqId:int orderId:int ${contract}java right:text multiplier:text exchange:word ${contractEnd} execId:execId
        at:execTime account:account exchange:word side:=BOT|=SLD shares:number price:number permId:int clientId:int
        liquidation:int cumulative:number averagePrice:number orderRef:text evRule:text evMultiplier:text modelCode:text
        lastLiquidity:int 178-/pendingPriceRevision:bool`,
      ],
      [15, "managedAccounts", "=15 =1 accounts:accounts"],
      [
        17,
        "historicalData",
        `=17 reqId:int start:execTime end:execTime *( at:day|execTime|epoch open:barPrice high:barPrice low:barPrice
        close:barPrice volume:number average:number trades:int )`,
      ],
      [45, "tickGeneric", "=45 =6 reqId:int tickType:int value:java"],
      [46, "tickString", "=46 =6 reqId:int tickType:int value:word"],
      [49, "currentTime", "=49 =1 seconds:epoch"],
      [52, "contractDataEnd", "=52 =1 reqId:int"],
      [53, "openOrderEnd", "=53 =1"],
      [54, "accountDownloadEnd", "=54 =1 account:account"],
      [55, "execDetailsEnd", "=55 =1 reqId:int"],
      [57, "tickSnapshotEnd", "=57 =1 reqId:int"],
      [58, "marketDataType", "=58 =1 reqId:int type:int"],
      [
        59,
        "commissionReport",
        `=59 =1 execId:execId commission:java currency:word realized:number|noNumber yield:noNumber
        yieldRedemptionDate:none`,
      ],
      [
        61,
        "position",
        `=61 =3 account:account ${contract}java right:text multiplier:text exchange:word ${contractEnd} position:number
        averageCost:number`,
      ],
      [62, "positionEnd", "=62 =1"],
      [63, "accountSummary", "=63 =1 reqId:int account:account tag:word value:text currency:text"],
      [64, "accountSummaryEnd", "=64 =1 reqId:int"],
      [
        71,
        "positionMulti",
        `=71 =1 reqId:int account:account ${contract}java right:text multiplier:text exchange:word ${contractEnd}
        position:number averageCost:number modelCode:text`,
      ],
      [72, "positionMultiEnd", "=72 =1 reqId:int"],
      [
        73,
        "accountUpdateMulti",
        "=73 =1 reqId:int account:account modelCode:text key:word value:text currency:text",
      ],
      [74, "accountUpdateMultiEnd", "=74 =1 reqId:int"],
      [
        79,
        "symbolSamples",
        `=79 reqId:int *( conId:int symbol:text secType:word primaryExchange:text currency:text *( derivative:word )
        176-/description:word 176-/issuerId:text )`,
      ],
      [81, "tickReqParams", "=81 reqId:int minTick:number exchanges:text snapshotPermissions:int"],
      [88, "headTimestamp", "=88 reqId:int at:utcTime|epoch"],
      [
        90,
        "historicalDataUpdate",
        `=90 reqId:int trades:int at:day|execTime|epoch open:barPrice close:barPrice high:barPrice low:barPrice
        average:number volume:number`,
      ],
      [93, "marketRule", "=93 ruleId:int *( lowEdge:number increment:number )"],
      [94, "pnl", "=94 reqId:int daily:number unrealized:number realized:number"],
      [
        95,
        "pnlSingle",
        "=95 reqId:int position:number daily:number unrealized:number realized:number value:number",
      ],
      [
        101,
        "completedOrder",
        `=101 ${contract}int right:=?|=0|none multiplier:int|none exchange:word ${contractEnd} action:=BUY|=SELL
        unfilled:number orderType:word ${orderPrices} orderRef:text permId:int outsideRth:bool hidden:=0
        discretionaryAmount:=0 goodAfterTime:none faGroup:none faMethod:none faPercentage:none -176/faProfile:none
        modelCode:text goodTillDate:text rule80A:none percentOffset:none settlingFirm:none shortSaleSlot:=0
        designatedLocation:none exemptCode:=-1 startingPrice:none stockRefPrice:none delta:none stockRangeLower:none
        stockRangeUpper:none displaySize:noInt sweepToFill:=0 allOrNone:=0 minQty:none ocaType:int triggerMethod:int
        volatility:none volatilityType:=0 deltaNeutralOrderType:=None deltaNeutralAuxPrice:none conId:=0 shortSale:=0
        shortSaleSlot:=0 designatedLocation:none continuousUpdate:=0 referencePriceType:=0 trailStopPrice:java|none
        trailingPercent:java|none comboLegsDescription:none comboLegs:=0 orderComboLegs:=0 smartComboRoutingParams:=0
        scaleInitLevelSize:noInt scaleSubsLevelSize:noInt scalePriceIncrement:none hedgeType:none clearingAccount:none
        clearingIntent:=IB notHeld:=0 deltaNeutralContract:=0 algoStrategy:text ?( *( tag:word value:word ) ) solicited:=0
        status:word randomizeSize:=0 randomizePrice:=0 conditions:=0 trailStopPrice:java|noNumber
        lmtPriceOffset:java|noNumber cashQty:=0 dontUseAutoPriceForHedge:=1 isOmsContainer:=0 autoCancelDate:none
        filled:number refFuturesConId:noInt autoCancelParent:=0 shareholder:word imbalanceOnly:=0 routeMarketable:=0
        parentPermId:noLong endedAt:zonedTime completedStatus:word 170-/minTradeQty:none 170-/minCompeteSize:none
        170-/competeAgainstBestOffset:none 170-/midOffsetAtWhole:none 170-/midOffsetAtHalf:none`,
      ],
      [102, "completedOrdersEnd", "=102"],
    ] as const
  ).map(([id, name, text]) => [id, { name, layout: layout(text) }]),
);
